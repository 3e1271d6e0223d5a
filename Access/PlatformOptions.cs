using System.ComponentModel.DataAnnotations;

namespace SessionPlatform.Access;

/// <summary>The settings of the suite as a whole, section <c>Platform</c>.</summary>
public sealed class PlatformOptions
{
    public const string Section = "Platform";

    /// <summary>
    /// The secret that services present to each other; the AppHost generates it. 16 characters or more, no default.
    /// </summary>
    [Required(ErrorMessage = "Set Platform:Key (environment Platform__Key), as the AppHost does.")]
    [MinLength(16, ErrorMessage = "Platform:Key must have 16 characters or more.")]
    public string Key { get; set; } = "";
}
