using Npgsql;
using SessionPlatform.Funnel.Storage;

namespace SessionPlatform.Funnel.Metrics;

/// <summary>The parameters of a statement that is put together from parts.</summary>
internal sealed class SqlParameters
{
    private readonly List<object> values = [];

    /// <summary>How the statement names the value, e.g. "$3".</summary>
    public string Add(object value)
    {
        values.Add(value);
        return $"${values.Count}";
    }

    public NpgsqlBatchCommand ToCommand(string sql) => Sql.Command(sql, [.. values]);
}
