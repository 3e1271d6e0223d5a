using System.Security.Cryptography;
using System.Text;
using SessionPlatform.Sessionizer.Sessions;

namespace SessionPlatform.Sessionizer.Tests.Sessions;

public sealed class SessionIdsTests
{
    // Stored ids would no longer be found if this changed. Computed apart, with Python's hashlib.
    [Fact]
    public void The_id_of_a_known_session_never_changes() =>
        Assert.Equal("ce3368027eb385fcb27b5da941ebe5ae", SessionIds.Of("shop", "visitor", 7).ToString("N"));

    [Fact]
    public void Ids_are_version_8_uuids_of_the_standard_variant()
    {
        for (UInt128 number = 0; number < 64; number++)
        {
            var text = SessionIds.Format(SessionIds.Of("shop", "visitor", number));

            Assert.Equal('8', text[14]);
            Assert.Contains(text[19], "89ab");
        }
    }

    [Fact]
    public void Site_stream_and_event_each_make_another_id_and_do_not_run_into_each_other()
    {
        Guid[] ids =
        [
            SessionIds.Of("ab", "c", 1), SessionIds.Of("a", "bc", 1), SessionIds.Of("ab", "c", 2),
            SessionIds.Of("ab", "C", 1), SessionIds.Of("ab", "", 1),
        ];

        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    [Fact]
    public void Long_and_non_ascii_keys_count_in_utf_8()
    {
        var key = new string('ü', 500);
        byte[] input = [.. "s\0"u8, .. Encoding.UTF8.GetBytes(key), 0, .. new byte[16]];

        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(input))[..12], SessionIds.Of("s", key, 0).ToString("N")[..12]);
    }
}
