using Google.Protobuf;
using Google.Protobuf.Reflection;
using SessionPlatform.Contracts.Query.V1;

namespace SessionPlatform.Cli.Reports;

/// <summary>Reads a <see cref="GetReportRequest"/> in proto3 JSON from a file.</summary>
internal static class ReportFile
{
    private const string StandardInput = "-";

    private static readonly OneofDescriptor Report = GetReportRequest.Descriptor.Oneofs[0];

    /// <param name="path">The path of the file; "-" for standard input.</param>
    /// <param name="siteId">The site to use when the file names none.</param>
    /// <exception cref="CliException">
    /// The file cannot be read, contains no request, or one for another site.
    /// </exception>
    public static async Task<GetReportRequest> ReadAsync(
        CliContext context, string path, string siteId, CancellationToken cancellationToken)
    {
        var name = path == StandardInput ? "Standard input" : path;
        var request = Parse(name, await TextAsync(context, path, cancellationToken));
        if (Report.Accessor.GetCaseFieldDescriptor(request) is not { } field)
        {
            throw new CliException(
                $"{name} names no report: give one of {Names()},"
                + " e.g. {\"series\": {\"metrics\": [\"SESSIONS\"]}}.");
        }

        var report = (IMessage)field.Accessor.GetValue(request);
        var site = report.Descriptor.FindFieldByName("site_id").Accessor;
        if (site.GetValue(report) is string { Length: > 0 } given && given != siteId)
        {
            throw new CliException(
                $"{name} is about site '{given}', not '{siteId}': leave siteId out, or give --site {given}.");
        }

        site.SetValue(report, siteId);
        return request;
    }

    /// <exception cref="CliException">The file cannot be read.</exception>
    public static async Task<string> TextAsync(CliContext context, string path, CancellationToken cancellationToken)
    {
        if (path == StandardInput)
            return await context.Environment.Input.ReadToEndAsync(cancellationToken);
        if (Directory.Exists(path))
            throw new CliException($"{path} is a folder: give one file, or '-' to read standard input.");
        if (!File.Exists(path))
            throw new CliException($"There is no file {path}: check the path.");
        return await File.ReadAllTextAsync(path, cancellationToken);
    }

    private static GetReportRequest Parse(string name, string text)
    {
        try
        {
            return JsonParser.Default.Parse<GetReportRequest>(text);
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidJsonException)
        {
            throw new CliException($"{name} is no report request: {exception.Message} See docs/queries.md.");
        }
    }

    private static string Names() => string.Join(", ", Report.Fields.Select(field => field.JsonName));
}
