using System.Globalization;

namespace SessionPlatform.Funnel.Funnels.Attempts;

/// <summary>
/// The structure of a funnel, without its event patterns. Steps are counted from 0, times are in ticks.
/// </summary>
/// <param name="Window">The maximum time from the first step to any other one.</param>
/// <param name="Steps">The steps in order.</param>
/// <param name="Exclusions">Each exclusion ends an attempt whose last step is in [After, Before).</param>
internal sealed record FunnelShape(
    FunnelShape.Kind Order,
    long Window,
    IReadOnlyList<FunnelShape.Step> Steps,
    IReadOnlyList<(int After, int Before)> Exclusions)
{
    /// <summary>The value of a window without a limit.</summary>
    public const long NoLimit = long.MaxValue;

    /// <summary>The rule by which events take steps.</summary>
    public enum Kind
    {
        /// <summary>Each step is taken after the one before; other events may lie in between.</summary>
        Ordered,

        /// <summary>Each step is taken by the event right after that of the step before.</summary>
        Strict,

        /// <summary>Steps are taken in any order; their number counts.</summary>
        Unordered,

        /// <summary>Reaching a stage implies all earlier stages, as in the built-in funnel.</summary>
        Furthest,
    }

    public int Count => Steps.Count;

    public IMatcher CreateMatcher() => Order switch
    {
        Kind.Unordered => new UnorderedMatcher(this),
        Kind.Furthest => new FurthestMatcher(this),
        _ => new OrderedMatcher(this),
    };

    /// <summary>Returns the name of a step for people; in an unordered funnel, for example "2 of 3".</summary>
    public string NameOf(int step) => Order == Kind.Unordered
        ? string.Create(CultureInfo.InvariantCulture, $"{step + 1} of {Count}")
        : Steps[step].Name;

    /// <summary>Returns the step as text for use in a sentence.</summary>
    public string Title(int step) =>
        string.Create(CultureInfo.InvariantCulture, $"step {step + 1} \"{Steps[step].Name}\"");

    /// <summary>Returns a bit mask of the exclusions that end an attempt whose last step is this one.</summary>
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

    /// <summary>Returns the steps that may directly precede this one: the steps in between are optional.</summary>
    public IEnumerable<int> Before(int step)
    {
        for (var before = step - 1; before >= 0; before--)
        {
            yield return before;
            if (!Steps[before].IsOptional)
                yield break;
        }
    }

    /// <summary>Returns the steps that may directly follow this one.</summary>
    public IEnumerable<int> After(int step)
    {
        for (var after = step + 1; after < Count; after++)
        {
            yield return after;
            if (!Steps[after].IsOptional)
                yield break;
        }
    }

    /// <summary>One step of a funnel.</summary>
    /// <param name="Window">The maximum time since the step that was taken before.</param>
    internal sealed record Step(string Name, bool IsOptional, long Window, bool IsFirstTimeOnly);
}
