namespace SessionPlatform.Funnel.Columns;

/// <summary>The columns that a report asked for, of the sessions of a planned chunk, ordered by start and id.</summary>
internal sealed class Chunk(PlannedChunk planned, IReadOnlyDictionary<Column, byte[]> encoded)
    : ColumnChunk((int)planned.Sessions, encoded)
{
    /// <summary>The hours that the chunk covers.</summary>
    public PlannedChunk Planned { get; } = planned;

    /// <summary>Number of sessions.</summary>
    public int Sessions => Rows;

    /// <summary>No session of the chunk started earlier.</summary>
    public DateTime From => Planned.FirstHour;

    /// <summary>All sessions of the chunk started before this time.</summary>
    public DateTime Before => Planned.Before;
}
