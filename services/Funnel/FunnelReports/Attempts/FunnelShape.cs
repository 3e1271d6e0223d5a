using System.Globalization;

namespace SessionPlatform.Funnel.FunnelReports.Attempts;

/// <summary>All of a funnel but what its events look like. Steps count from 0, times in ticks.</summary>
/// <param name="Window">Longest time from the first step to each other one.</param>
/// <param name="Steps">In order.</param>
/// <param name="Exclusions">Each ends an attempt whose last step is in [after, before).</param>
internal sealed record FunnelShape(
    FunnelShape.Kind Order,
    long Window,
    IReadOnlyList<FunnelShape.Step> Steps,
    IReadOnlyList<(int After, int Before)> Exclusions)
{
    /// <summary>A window that never ends.</summary>
    public const long NoLimit = long.MaxValue;

    /// <summary>How attempts are made.</summary>
    public enum Kind
    {
        /// <summary>Each step after the one before.</summary>
        Ordered,

        /// <summary>Each step by the very next event.</summary>
        Strict,

        /// <summary>How many different steps.</summary>
        Unordered,

        /// <summary>As the built-in funnel: whoever gets to a stage has been at those before, too.</summary>
        Furthest,
    }

    public int Count => Steps.Count;

    public IMatcher CreateMatcher() => Order switch
    {
        Kind.Unordered => new UnorderedMatcher(this),
        Kind.Furthest => new FurthestMatcher(this),
        _ => new OrderedMatcher(this),
    };

    /// <summary>What people call a step; of an unordered funnel how many of all it stands for.</summary>
    public string NameOf(int step) => Order == Kind.Unordered
        ? string.Create(CultureInfo.InvariantCulture, $"{step + 1} of {Count}")
        : Steps[step].Name;

    /// <summary>A step in a sentence.</summary>
    public string Title(int step) =>
        string.Create(CultureInfo.InvariantCulture, $"step {step + 1} \"{Steps[step].Name}\"");

    /// <summary>Which exclusions end an attempt whose last step is this one.</summary>
    public uint ActiveAt(int step)
    {
        var active = 0u;
        for (var index = 0; index < Exclusions.Count; index++)
        {
            if (Exclusions[index].After <= step && step < Exclusions[index].Before)
                active |= 1u << index;
        }

        return active;
    }

    /// <summary>The steps that may be taken right before this one: those between are optional.</summary>
    public IEnumerable<int> Before(int step)
    {
        for (var before = step - 1; before >= 0; before--)
        {
            yield return before;
            if (!Steps[before].IsOptional)
                yield break;
        }
    }

    /// <summary>The steps that may be taken right after this one.</summary>
    public IEnumerable<int> After(int step)
    {
        for (var after = step + 1; after < Count; after++)
        {
            yield return after;
            if (!Steps[after].IsOptional)
                yield break;
        }
    }

    /// <summary>A step.</summary>
    /// <param name="Window">Longest time since the step that was taken before.</param>
    internal sealed record Step(string Name, bool IsOptional, long Window, bool IsFirstTimeOnly);
}
