using Grpc.Core;

namespace SessionPlatform.StandIns.Tests;

/// <summary>The rules of the plain types, as the official package documents them.</summary>
public sealed class DataTypeTests
{
    [Fact]
    public void Metadata_keys_are_kept_in_lower_case_and_found_in_any()
    {
        var metadata = new Metadata { { "Trace-Id", "1" }, { "trace-id", "2" } };

        Assert.Equal("trace-id", metadata[0].Key);
        Assert.Equal("2", metadata.GetValue("TRACE-ID"));
        Assert.Equal(["1", "2"], metadata.GetAll("Trace-Id").Select(entry => entry.Value));
        Assert.Null(metadata.Get("missing"));
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("ümlaut")]
    [InlineData("colon:")]
    public void Metadata_refuses_a_key_that_is_no_header_name(string key) =>
        Assert.Throws<ArgumentException>(() => new Metadata.Entry(key, "value"));

    [Fact]
    public void Only_binary_keys_take_bytes_and_they_take_nothing_else()
    {
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("raw-bin", "text"));
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("raw", [1]));
        Assert.Throws<InvalidOperationException>(() => new Metadata.Entry("raw-bin", [1]).Value);
        Assert.Equal("text"u8.ToArray(), new Metadata.Entry("plain", "text").ValueBytes);
    }

    [Fact]
    public void Entry_does_not_change_with_the_array_it_was_made_from()
    {
        byte[] bytes = [1, 2];
        var entry = new Metadata.Entry("raw-bin", bytes);

        bytes[0] = 9;
        entry.ValueBytes[1] = 9;

        Assert.Equal([1, 2], entry.ValueBytes);
    }

    [Fact]
    public void Empty_metadata_stays_empty()
    {
        Assert.True(Metadata.Empty.IsReadOnly);
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add("a", "b"));
    }

    [Fact]
    public void Exception_tells_its_status()
    {
        var cause = new TimeoutException("too slow");
        var exception = new RpcException(new Status(StatusCode.Unavailable, "down", cause));

        Assert.Equal(
            "Status(StatusCode=\"Unavailable\", Detail=\"down\", DebugException=\"System.TimeoutException: too slow\")",
            exception.Message);
        Assert.Same(cause, exception.InnerException);
        Assert.Empty(exception.Trailers);
        Assert.Equal("mine", new RpcException(Status.DefaultCancelled, "mine").Message);
    }

    [Fact]
    public void Changing_call_options_leaves_the_original_alone()
    {
        var deadline = new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var original = new CallOptions(headers: new Metadata { { "a", "b" } });

        var changed = original.WithDeadline(deadline).WithWaitForReady();

        Assert.Null(original.Deadline);
        Assert.False(original.IsWaitForReady);
        Assert.Equal(deadline, changed.Deadline);
        Assert.True(changed.IsWaitForReady);
        Assert.Same(original.Headers, changed.Headers);
    }

    [Fact]
    public void Call_credentials_are_not_sent_over_an_insecure_channel()
    {
        var credentials = CallCredentials.FromInterceptor((_, _) => Task.CompletedTask);

        Assert.Throws<ArgumentException>(() => ChannelCredentials.Create(ChannelCredentials.Insecure, credentials));
        Assert.NotNull(ChannelCredentials.Create(ChannelCredentials.SecureSsl, credentials));
    }

    [Fact]
    public void Definition_takes_a_method_once()
    {
        var builder = ServerServiceDefinition.CreateBuilder()
            .AddMethod(EchoServer.Reverse, (text, _) => Task.FromResult(text));

        Assert.Throws<ArgumentException>(() =>
            builder.AddMethod(EchoServer.Reverse, (text, _) => Task.FromResult(text)));
    }
}
