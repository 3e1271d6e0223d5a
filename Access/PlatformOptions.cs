using System.ComponentModel.DataAnnotations;

namespace SessionPlatform.Access;

/// <summary>Section <c>Platform</c>.</summary>
public sealed class PlatformOptions
{
    public const string Section = "Platform";

    /// <summary>
    /// The secret that the suite's services present to each other; made by the AppHost. 16 characters or more.
    /// </summary>
    [Required(ErrorMessage = "Set Platform:Key (environment Platform__Key), as the AppHost does.")]
    [MinLength(16, ErrorMessage = "Platform:Key must have 16 characters or more.")]
    public string Key { get; set; } = "";
}
