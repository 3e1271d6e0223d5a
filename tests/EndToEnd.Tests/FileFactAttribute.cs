using SessionPlatform.EndToEnd.Tests.Suites;

namespace SessionPlatform.EndToEnd.Tests;

/// <summary>A test over real traffic beside the repository; skipped when the file is missing, also in CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FileFactAttribute : FactAttribute
{
    public FileFactAttribute(string name)
    {
        if (Repository.SharedData(name) is null)
            Skip = $"../shared/data/{name} is not there";
    }
}
