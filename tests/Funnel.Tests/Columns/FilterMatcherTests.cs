using Microsoft.Extensions.Options;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.Metrics;
using SessionPlatform.Funnel.Tests.Storage;
using static SessionPlatform.Contracts.Metrics.V1.Filter.Types;

namespace SessionPlatform.Funnel.Tests.Columns;

/// <summary>A filter that was matched before matches as one that never was, whatever texts came since.</summary>
[Collection(PostgresCollection.Name)]
public sealed class FilterMatcherTests(PostgresFixture postgres)
{
    private static readonly Filter[] Filters =
    [
        Of(Operator.Is, "/a1"),
        Of(Operator.Is, ""),
        Of(Operator.IsNot, "/a1", "/b2"),
        Of(Operator.Contains, "A"),
        Of(Operator.ContainsNot, "2", "%"),
        Of(Operator.Matches, "^/a[0-4]$"),
        Of(Operator.Any),
    ];

    [Fact]
    public async Task Matches_are_those_of_a_matcher_without_a_cache_after_every_new_text()
    {
        using var database = new ReportDatabase(postgres.DataSource, Options.Create(new FunnelOptions()));
        var (siteId, other) = ($"filters-{Guid.NewGuid()}", $"others-{Guid.NewGuid()}");
        await SiteDictionary.Texts(postgres.DataSource, other).EncodeAsync(["/a1"], CancellationToken.None);
        var dictionary = SiteDictionary.Texts(postgres.DataSource, siteId);
        var again = new FilterMatcher(database, ReportCaches.Create());
        for (var round = 0; round < 6; round++)
        {
            foreach (var filter in Filters)
            {
                var never = new FilterMatcher(database, ReportCaches.Create());
                var expected = await never.MatchAsync(siteId, filter, CancellationToken.None);
                Assert.Equal(expected, await again.MatchAsync(siteId, filter, CancellationToken.None));
                Assert.Equal(expected, await again.MatchAsync(siteId, filter, CancellationToken.None));
            }

            await dictionary.EncodeAsync([$"/a{round}", $"/b{round}", $"100% {round}"], CancellationToken.None);
        }

        var matching = await again.MatchAsync(siteId, Of(Operator.Matches, "^/a[0-4]$"), CancellationToken.None);
        var texts = await dictionary.DecodeAsync([.. Enumerable.Range(1, 18)], CancellationToken.None);
        Assert.Equal(
            ["/a0", "/a1", "/a2", "/a3", "/a4"],
            Enumerable.Range(0, matching.Length).Where(code => matching[code]).Select(code => texts[code]).Order());
    }

    private static Filter Of(Operator name, params string[] values) =>
        new() { Dimension = Dimension.Types.Name.Path, Operator = name, Values = { values } };
}
