using FsCheck;
using FsCheck.Fluent;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Oracle;
using SessionPlatform.Sessionizer.Sessions;

namespace SessionPlatform.Sessionizer.Tests.Sessions;

/// <summary>What must hold for whatever events in whatever order.</summary>
public sealed class SessionPropertyTests
{
    private const long Later = long.MaxValue / 2;

    [Fact]
    public void Any_order_of_arrival_any_batches_and_any_repeats_give_the_sessions_of_one_ordered_walk() =>
        ForAll(scenario =>
        {
            var store = Play(scenario);

            var walk = new StreamStore(scenario.Timeline);
            walk.Apply(FirstStored(scenario).OrderBy(EventKey.Of));
            walk.Close(Later);
            Assert.Equal(Comparable(walk), Comparable(store));
        });

    [Fact]
    public void The_sessions_are_those_of_the_oracle() =>
        ForAll(scenario =>
        {
            var store = Play(scenario);

            var oracle = SessionOracle.Sessions(
                scenario.Arrivals.Select(OracleEvent.FromAccepted),
                scenario.OracleTimeline, Later);
            Assert.Equal(oracle.Select(SessionText.Of), store.Sessions.Select(SessionText.Of));
        });

    [Fact]
    public void The_incremental_path_and_one_walk_over_all_events_agree_after_every_single_event() =>
        ForAll(scenario =>
        {
            var store = new StreamStore(scenario.Timeline, scenario.ChunkSize);
            var arrived = new List<AcceptedEvent>();
            foreach (var e in scenario.Arrivals.Take(40))
            {
                store.Apply(e);
                arrived.Add(e);

                var walk = new StreamStore(scenario.Timeline);
                walk.Apply(arrived.DistinctBy(each => each.EventId).OrderBy(EventKey.Of));
                Assert.Equal(Comparable(walk), Comparable(store));
            }
        });

    [Fact]
    public void Whole_documents_are_those_of_the_oracle() =>
        ForAll(scenario =>
        {
            var store = Play(scenario);

            var oracle = SessionOracle.Sessions(
                scenario.Arrivals.Select(OracleEvent.FromAccepted), scenario.OracleTimeline, Later);
            foreach (var (document, session) in store.Documents.Zip(oracle))
                Assert.Empty(DocumentDifference.Between(document, session.ToDocument()));
        });

    [Fact]
    public void Revisions_of_a_session_only_grow_and_retracted_ones_are_gone() =>
        ForAll(scenario =>
        {
            var store = Play(scenario);

            var last = new Dictionary<Guid, int>();
            foreach (var (sessionId, revision) in store.Revisions)
            {
                Assert.Equal(last.GetValueOrDefault(sessionId) + 1, revision);
                last[sessionId] = revision;
            }

            var ids = store.Sessions.Select(session => Guid.Parse(session.SessionId)).ToHashSet();
            Assert.Equal(last.Keys.Except(ids).Order(), store.Retracted.Keys.Order());
        });

    [Fact]
    public void Events_that_come_again_change_nothing() =>
        ForAll(scenario =>
        {
            var store = Play(scenario);
            var revisions = store.Revisions.Count;

            store.Apply(scenario.Arrivals);

            Assert.Equal(revisions, store.Revisions.Count);
        });

    private static void ForAll(Action<Scenario> holds) =>
        Prop.ForAll(Scenarios.Arbitrary, holds).Check(Config.QuickThrowOnFailure.WithMaxTest(250).WithEndSize(80));

    private static StreamStore Play(Scenario scenario)
    {
        var store = new StreamStore(scenario.Timeline, scenario.ChunkSize);
        foreach (var batch in scenario.Arrivals.Chunk(scenario.BatchSize))
        {
            store.Apply(batch);
            if (scenario.ClosesBetween)
                store.Close(Later);
        }

        store.Close(Later);
        return store;
    }

    // Of events with the same id the first stored counts.
    private static IEnumerable<AcceptedEvent> FirstStored(Scenario scenario) =>
        scenario.Arrivals.DistinctBy(e => e.EventId);

    private static List<SessionDocument> Comparable(StreamStore store) =>
        [.. store.Documents.Select(document =>
        {
            document.Session.Revision = 0;
            return document;
        })];
}
