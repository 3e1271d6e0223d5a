using Grpc.Core;
using Npgsql;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.ServiceDefaults.Tests.Grpc;

public sealed class TransientFailureInterceptorTests
{
    public static TheoryData<Exception, StatusCode?> Failures => new()
    {
        { new NpgsqlException("away", new IOException()), StatusCode.Unavailable },
        { new PostgresException("the database system is starting up", "FATAL", "", "57P03"), StatusCode.Unavailable },
        { new PostgresException("no such table", "ERROR", "", "42P01"), null },
        { new InvalidOperationException("a bug"), null },
        { new RpcException(new Status(StatusCode.NotFound, "there is no such session")), StatusCode.NotFound },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task What_is_away_for_a_moment_is_unavailable_and_what_is_wrong_stays_as_it_is(
        Exception failure, StatusCode? expected)
    {
        var thrown = await Assert.ThrowsAnyAsync<Exception>(
            () => new TransientFailureInterceptor().UnaryServerHandler<string, string>(
                "request", null!, (_, _) => Task.FromException<string>(failure)));

        if (expected is { } code)
            Assert.Equal(code, Assert.IsType<RpcException>(thrown).StatusCode);
        else
            Assert.Same(failure, thrown);
    }
}
