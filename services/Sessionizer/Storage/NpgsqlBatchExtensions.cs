using Npgsql;

namespace SessionPlatform.Sessionizer.Storage;

internal static class NpgsqlBatchExtensions
{
    /// <summary>Adds a statement with its positional parameters.</summary>
    public static void Add(this NpgsqlBatch batch, string sql, params object[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(new() { Value = parameter });
        batch.BatchCommands.Add(command);
    }
}
