namespace SessionPlatform.ColumnStore;

/// <summary>
/// A group of which a row may have any number of elements, e.g. the lines of an order. The columns of the group
/// hold the elements of all rows one after another; <see cref="ColumnChunk.Offsets"/> returns where those of each row
/// begin.
/// </summary>
/// <param name="Counts">The number of elements of each row.</param>
public sealed record RepeatedGroup(Column<int> Counts);
