using System.Text.RegularExpressions;

namespace Aspire.Hosting.ApplicationModel;

internal static partial class ResourceName
{
    /// <summary>The name, when it obeys the official rule; otherwise an exception that says the rule.</summary>
    public static string Checked(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length <= 64 && Pattern().IsMatch(name)
            ? name
            : throw new ArgumentException(
                $"'{name}' is no resource name: letters, digits and single hyphens, a letter first, at most 64.",
                nameof(name));
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$")]
    private static partial Regex Pattern();
}
