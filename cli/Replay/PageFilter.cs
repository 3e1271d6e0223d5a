using System.Collections.Frozen;

namespace SessionPlatform.Cli.Replay;

/// <summary>Decides which requests of a log are page views: successful (200-299) GETs of anything but assets.</summary>
internal static class PageFilter
{
    // Documents (.html, .txt, .pdf, .php, no extension, …) are pages; the parts of a page, data for programs and
    // downloads are not.
    private static readonly FrozenSet<string> AssetExtensions = new[]
    {
        // Images.
        "gif", "jpg", "jpeg", "jpe", "png", "webp", "avif", "svg", "svgz", "ico", "cur", "bmp", "tif", "tiff", "xbm",
        "xpm", "heic", "apng",
        // Styles, scripts and their source maps.
        "css", "less", "scss", "js", "mjs", "cjs", "map", "wasm", "class", "swf",
        // Fonts.
        "woff", "woff2", "ttf", "otf", "eot",
        // Audio and video.
        "mp3", "m4a", "ogg", "oga", "wav", "flac", "aac", "au", "aif", "aiff", "mid", "midi", "ra", "ram", "mp4", "m4v",
        "webm", "ogv", "avi", "mov", "qt", "mpg", "mpeg", "mpe", "wmv", "flv", "m3u8", "ts", "vtt",
        // Archives and programs.
        "zip", "gz", "tgz", "bz2", "xz", "zst", "7z", "rar", "tar", "jar", "war", "exe", "msi", "dmg", "pkg", "deb",
        "rpm", "apk", "iso", "bin",
        // Data for programs.
        "json", "xml", "xsl", "xslt", "rss", "atom", "rdf", "webmanifest", "manifest", "appcache",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static bool IsPage(string method, int status, string url) =>
        method == "GET" && IsSuccess(status) && !IsAsset(url);

    public static bool IsSuccess(int status) => status is >= 200 and <= 299;

    private static bool IsAsset(ReadOnlySpan<char> url)
    {
        var end = url.IndexOfAny('?', '#');
        var path = end < 0 ? url : url[..end];
        var segment = path[(path.LastIndexOf('/') + 1)..];
        var dot = segment.LastIndexOf('.');
        return dot >= 0
            && AssetExtensions.GetAlternateLookup<ReadOnlySpan<char>>().Contains(segment[(dot + 1)..]);
    }
}
