using System.Reflection;
using System.Runtime.CompilerServices;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Compression;

namespace SessionPlatform.StandIns.Tests;

/// <summary>The official server and client find everything they were compiled against.</summary>
public sealed class BinaryCompatibilityTests
{
    private static readonly Assembly[] s_standIns =
        [typeof(Status).Assembly, typeof(ICompressionProvider).Assembly];

    private static readonly HashSet<string> s_definitions =
        [.. s_standIns.SelectMany(assembly => StandInDefinitions.Read(assembly.Location))];

    public static TheoryData<Type> OfficialAssemblies => [typeof(GrpcServiceOptions), typeof(GrpcChannel)];

    [Theory]
    [MemberData(nameof(OfficialAssemblies))]
    public void Every_referenced_type_exists(Type official)
    {
        var types = OfficialReferences.Read(official.Assembly.Location).Types;

        Assert.True(types.Count > 20, "The reader lost the references.");
        Assert.Empty(types.Except(s_definitions));
    }

    [Theory]
    [MemberData(nameof(OfficialAssemblies))]
    public void Every_referenced_member_exists_with_that_signature(Type official)
    {
        var members = OfficialReferences.Read(official.Assembly.Location).Members;

        Assert.True(members.Count > 60, "The reader lost the references.");
        Assert.Empty(members.Except(s_definitions));
    }

    [Fact]
    public void Private_members_do_not_count_as_existing()
    {
        Assert.Contains("instance Void Grpc.Core.RpcException::.ctor`0(valuetype Grpc.Core.Status)", s_definitions);
        Assert.DoesNotContain(
            s_definitions, member => member.Contains("Grpc.Core.AuthProperty::.ctor", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(OfficialAssemblies))]
    public void Every_type_loads_and_every_override_finds_what_it_overrides(Type official)
    {
        // GetTypes throws when an abstract or interface member is left without an implementation.
        var overrides = official.Assembly.GetTypes()
            .Where(type => s_standIns.Contains(type.BaseType?.Assembly))
            .SelectMany(type => type.GetMethods(
                BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(method => method.IsVirtual && !method.Attributes.HasFlag(MethodAttributes.NewSlot))
            .ToList();

        Assert.True(overrides.Count > 10, "The filter lost the overrides.");
        Assert.DoesNotContain(overrides, method => method.GetBaseDefinition() == method);
    }

    [Theory]
    [MemberData(nameof(OfficialAssemblies))]
    public void Identity_is_the_one_that_is_referenced(Type official)
    {
        var expected = OfficialReferences.Read(official.Assembly.Location).Identities;

        Assert.Equal(2, expected.Count);
        foreach (var name in s_standIns.Select(assembly => assembly.GetName()))
        {
            Assert.Equal(expected[name.Name!].Version, name.Version);
            Assert.Equal(expected[name.Name!].Token, Convert.ToHexString(name.GetPublicKeyToken()!));
        }
    }

    [Theory]
    [MemberData(nameof(OfficialAssemblies))]
    public void Internal_members_are_open_to_the_official_assemblies(Type official)
    {
        var name = official.Assembly.GetName();
        var friend = new AssemblyName($"{name.Name}, PublicKey={Convert.ToHexString(name.GetPublicKey()!)}");

        Assert.Contains(
            typeof(Status).Assembly.GetCustomAttributes<InternalsVisibleToAttribute>()
                .Select(attribute => new AssemblyName(attribute.AssemblyName)),
            open => open.Name == friend.Name && open.GetPublicKey()!.SequenceEqual(friend.GetPublicKey()!));
    }
}
