namespace SessionPlatform.ColumnStore;

/// <summary>Columns of one source, which are therefore built together, in one pass over it.</summary>
public sealed class ColumnFamily(string name)
{
    /// <summary>The family of columns that name no other.</summary>
    public static readonly ColumnFamily Default = new("default");

    public string Name { get; } = name;

    public override string ToString() => Name;
}
