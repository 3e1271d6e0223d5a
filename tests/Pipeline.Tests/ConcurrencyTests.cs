using System.Collections.Concurrent;
using Google.Protobuf;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Funnel.Applying;
using SessionPlatform.Funnel.Documents;
using SessionPlatform.Messaging;

namespace SessionPlatform.Pipeline.Tests;

/// <summary>Consumers side by side on the same streams and sessions: no deadlock, no lost update, nothing to audit.</summary>
public sealed class ConcurrencyTests(TwoServices services) : IClassFixture<TwoServices>
{
    private const long Minute = 60_000_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Consumers_on_the_same_streams_end_with_an_audit_of_no_differences(int consumers)
    {
        var siteId = await services.AddSiteAsync();
        var random = new Random(consumers);
        // A few visitors, so that consumers meet; a third of the events comes twice, all of them in no order.
        var events = Events(siteId, random, count: 4000, visitors: 25);
        var arrivals = events.Concat(events.Where(_ => random.Next(3) == 0)).ToArray();
        random.Shuffle(arrivals);
        var batches = new ConcurrentQueue<AcceptedEvent[]>(arrivals.Chunk(60));
        var facts = new Facts();
        using var done = new CancellationTokenSource();

        var relay = RelayAsync(facts, done.Token);
        var appliers = Enumerable.Range(0, consumers)
            .Select(seed => ApplyAsync(services.NewApplier(), facts, new Random(seed), done.Token))
            .ToList();
        await Task.WhenAll(Enumerable.Range(0, consumers).Select(async _ =>
        {
            var sessionizer = services.NewSessionizer();
            while (batches.TryDequeue(out var batch))
                await sessionizer.ApplyAsync(batch, CancellationToken.None);
        }));
        var closer = services.NewCloser();
        while (await closer.StepAsync(CancellationToken.None))
        {
        }

        while (await services.CountUnpublishedAsync(siteId) > 0 || !facts.IsEmpty)
            await Task.Delay(20);
        await done.CancelAsync();
        await Task.WhenAll([relay, .. appliers]);

        var (differences, sessions) = await services.AuditAsync(siteId);
        Assert.Empty(differences);
        Assert.InRange(sessions, 100ul, 4000ul);
    }

    private async Task RelayAsync(Facts facts, CancellationToken done)
    {
        var relay = services.NewRelay(facts);
        while (!done.IsCancellationRequested)
        {
            if (!await relay.StepAsync(CancellationToken.None))
                await Task.Delay(20, CancellationToken.None);
        }
    }

    // As a broker may deliver them: old ones again, in another order.
    private static async Task ApplyAsync(Applier applier, Facts facts, Random random, CancellationToken done)
    {
        var old = new List<SessionFact>();
        while (!done.IsCancellationRequested)
        {
            var some = facts.Take(random.Next(1, 80));
            if (some.Count == 0)
            {
                await Task.Delay(10, CancellationToken.None);
                continue;
            }

            var delivered = some.Concat(old.Where(_ => random.Next(10) == 0)).ToArray();
            random.Shuffle(delivered);
            await applier.ApplyAsync(Change.Newest(delivered.Select(Change.Of)), CancellationToken.None);
            facts.Applied(some.Count);
            old.AddRange(some.Take(20));
        }
    }

    private static List<AcceptedEvent> Events(string siteId, Random random, int count, int visitors)
    {
        string[] kinds = ["pageview", "pageview", "pageview", "click", "purchase", "session_end", "session_start"];
        var events = new List<AcceptedEvent>();
        for (var i = 0; i < count; i++)
        {
            var visitor = $"visitor-{random.Next(visitors)}";
            var category = (string[])["", "product", "cart", "checkout"];
            events.Add(new AcceptedEvent
            {
                EventId = ByteString.CopyFrom([.. BitConverter.GetBytes(random.NextInt64()), .. BitConverter.GetBytes((long)i)]),
                OccurredAt = random.Next(10 * 24 * 60) * Minute,
                ReceivedAt = i,
                StreamKey = visitor,
                Path = $"/{random.Next(5)}",
                Channel = "Direct",
                Event = new Event
                {
                    SiteId = siteId,
                    VisitorId = visitor,
                    Kind = kinds[random.Next(kinds.Length)],
                    PageCategory = category[random.Next(category.Length)],
                    Revenue = random.Next(8) == 0 ? new() { Amount = $"{random.Next(100)}.5", Currency = "EUR" } : null,
                },
            });
        }

        return events;
    }

    /// <summary>Published facts on their way.</summary>
    private sealed class Facts : IPartitionPublisher
    {
        private readonly ConcurrentQueue<SessionFact> _facts = new();
        private int _underWay;

        public bool IsEmpty => _facts.IsEmpty && Volatile.Read(ref _underWay) == 0;

        public List<SessionFact> Take(int most)
        {
            var taken = new List<SessionFact>();
            while (taken.Count < most && _facts.TryDequeue(out var fact))
                taken.Add(fact);
            return taken;
        }

        public void Applied(int count) => Interlocked.Add(ref _underWay, -count);

        public Task PublishAsync<T>(T message, int partition, CancellationToken cancellationToken)
            where T : class, IMessage<T>
        {
            var facts = ((SessionsPublished)(object)message).Facts;
            Interlocked.Add(ref _underWay, facts.Count);
            foreach (var fact in facts)
                _facts.Enqueue(fact);
            return Task.CompletedTask;
        }

        public Task PublishEncodedAsync<T>(byte[] encoded, int partition, CancellationToken cancellationToken)
            where T : class, IMessage<T>, new() =>
            PublishAsync(new MessageParser<T>(() => new T()).ParseFrom(encoded), partition, cancellationToken);

        public Task PublishAsync<T>(T message, CancellationToken cancellationToken)
            where T : class, IMessage<T> => throw new NotSupportedException("Facts are published to partitions.");
    }
}
