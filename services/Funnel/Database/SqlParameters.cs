using Npgsql;

namespace SessionPlatform.Funnel.Database;

/// <summary>Collects the parameters of a statement that is composed of parts.</summary>
internal sealed class SqlParameters
{
    private readonly List<object> values = [];

    /// <summary>Adds a value and returns its placeholder, for example "$3".</summary>
    public string Add(object value)
    {
        values.Add(value);
        return $"${values.Count}";
    }

    public NpgsqlBatchCommand ToCommand(string sql) => Sql.Command(sql, [.. values]);
}
