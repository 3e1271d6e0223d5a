using System.Runtime.InteropServices;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Sessionizer.Sessions;

/// <summary>The page views of a session: the first <see cref="MaxSteps"/> in order, later ones counted only.</summary>
internal sealed class SessionJourney
{
    /// <summary>Page views kept.</summary>
    public const int MaxSteps = 2000;

    private readonly List<Step> _steps = [];
    private string _entryPage = "";
    private string _exitPage = "";
    // Time of the first page view beyond the kept ones: where the last kept one ended.
    private long _overflowAt;

    /// <summary>Page views, kept or not.</summary>
    public int PageViews { get; private set; }

    /// <summary>Path of the first page view; null without page views.</summary>
    public string? EntryPage => PageViews == 0 ? null : _entryPage;

    /// <summary>It is full, and its steps were not loaded: they can only stay as they are.</summary>
    public bool IsOmitted => PageViews > 0 && _steps.Count == 0;

    public void AddPageView(AcceptedEvent e)
    {
        if (PageViews == 0)
            _entryPage = e.Path;
        if (PageViews < MaxSteps)
            _steps.Add(new Step(e.Path, e.Event.Title, e.Event.PageCategory, e.OccurredAt));
        else if (PageViews == MaxSteps)
            _overflowAt = e.OccurredAt;
        _exitPage = e.Path;
        PageViews++;
    }

    /// <summary>What was reported with the current page view or since: the deepest scroll counts, and the first load
    /// time.</summary>
    public void AddEngagement(Engagement reported)
    {
        if (PageViews is 0 or > MaxSteps)
            return;
        ref var step = ref CollectionsMarshal.AsSpan(_steps)[^1];
        if (reported.HasScrollDepthPercent
            && (step.ScrollDepth is not { } deepest || reported.ScrollDepthPercent > deepest))
            step.ScrollDepth = reported.ScrollDepthPercent;
        if (reported.HasLoadTimeMs)
            step.LoadTime ??= reported.LoadTimeMs;
    }

    /// <summary>Writes the session's page fields.</summary>
    /// <param name="session">Where to.</param>
    /// <param name="endedAt">Time of the session's last event.</param>
    /// <param name="endsWithPageView">Whether that event is a page view.</param>
    public void WriteTo(Session session, long endedAt, bool endsWithPageView)
    {
        session.PageViews = PageViews;
        if (PageViews == 0)
            return;
        session.EntryPage = _entryPage;
        session.ExitPage = _exitPage;
        session.Journey.Capacity = _steps.Count;
        for (var i = 0; i < _steps.Count; i++)
            session.Journey.Add(_steps[i].ToMessage(LeftAt(i, endedAt, endsWithPageView)));
    }

    public static SessionJourney From(Session session)
    {
        var journey = new SessionJourney
        {
            PageViews = session.PageViews, _entryPage = session.EntryPage, _exitPage = session.ExitPage,
        };
        journey._steps.EnsureCapacity(session.Journey.Count);
        foreach (var step in session.Journey)
            journey._steps.Add(Step.From(step));
        if (journey.PageViews > MaxSteps && !journey.IsOmitted)
            journey._overflowAt = journey._steps[^1].At + Microseconds.From(session.Journey[^1].TimeOnPage);
        return journey;
    }

    private long? LeftAt(int index, long endedAt, bool endsWithPageView)
    {
        if (index < _steps.Count - 1)
            return _steps[index + 1].At;
        if (PageViews > MaxSteps)
            return _overflowAt;
        return endsWithPageView ? null : endedAt;
    }

    private record struct Step(string Path, string Title, string Category, long At)
    {
        public double? ScrollDepth { get; set; }

        public double? LoadTime { get; set; }

        public readonly JourneyStep ToMessage(long? leftAt)
        {
            var step = new JourneyStep
            {
                Path = Path, Title = Title, Category = Category, At = Microseconds.ToTimestamp(At),
            };
            if (leftAt is { } left)
                step.TimeOnPage = Microseconds.ToDuration(left - At);
            if (ScrollDepth is { } depth)
                step.ScrollDepthPercent = depth;
            if (LoadTime is { } loadTime)
                step.LoadTimeMs = loadTime;
            return step;
        }

        public static Step From(JourneyStep step) =>
            new(step.Path, step.Title, step.Category, Microseconds.From(step.At))
            {
                ScrollDepth = step.HasScrollDepthPercent ? step.ScrollDepthPercent : null,
                LoadTime = step.HasLoadTimeMs ? step.LoadTimeMs : null,
            };
    }
}
