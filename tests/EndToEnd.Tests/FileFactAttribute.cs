using SessionPlatform.EndToEnd.Tests.Suites;

namespace SessionPlatform.EndToEnd.Tests;

/// <summary>A test over real traffic that lies beside the repository; skipped where it does not, in CI too.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FileFactAttribute : FactAttribute
{
    public FileFactAttribute(string name)
    {
        if (Repository.SharedData(name) is null)
            Skip = $"../shared/data/{name} is not there";
    }
}
