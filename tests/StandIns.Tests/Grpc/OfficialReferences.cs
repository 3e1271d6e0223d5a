using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace SessionPlatform.StandIns.Tests;

/// <summary>What one binary takes from the stood-in assemblies, as text to compare with definitions.</summary>
internal sealed record OfficialReferences(
    IReadOnlyList<string> Types,
    IReadOnlyList<string> Members,
    IReadOnlyDictionary<string, (Version Version, string Token)> Identities)
{
    private static readonly string[] s_standIns = ["Grpc.Core.Api", "Grpc.Net.Common"];

    public static OfficialReferences Read(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var reader = file.GetMetadataReader();
        return new OfficialReferences(
            [.. reader.TypeReferences
                .Where(type => IsStoodIn(reader, type))
                .Select(type => Signatures.Name(reader, type))],
            [.. ReadMembers(reader)],
            ReadIdentities(reader));
    }

    private static IEnumerable<string> ReadMembers(MetadataReader reader)
    {
        foreach (var member in reader.MemberReferences.Select(reader.GetMemberReference))
        {
            if (Parent(reader, member.Parent) is not { } parent || !IsStoodIn(reader, parent))
                continue;
            var name = $"{Signatures.Name(reader, parent)}::{reader.GetString(member.Name)}";
            yield return member.GetKind() == MemberReferenceKind.Method
                ? Signatures.Method(name, member.DecodeMethodSignature(Signatures.Instance, null))
                : Signatures.Field(name, member.DecodeFieldSignature(Signatures.Instance, null));
        }
    }

    // A member of a generic type hangs off a TypeSpec: ELEMENT_TYPE_GENERICINST, class or value type, then the type.
    private static TypeReferenceHandle? Parent(MetadataReader reader, EntityHandle parent)
    {
        if (parent.Kind == HandleKind.TypeReference)
            return (TypeReferenceHandle)parent;
        if (parent.Kind != HandleKind.TypeSpecification)
            return null;
        var blob = reader.GetBlobReader(reader.GetTypeSpecification((TypeSpecificationHandle)parent).Signature);
        if (blob.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance)
            return null;
        blob.ReadCompressedInteger();
        var type = blob.ReadTypeHandle();
        return type.Kind == HandleKind.TypeReference ? (TypeReferenceHandle)type : null;
    }

    private static bool IsStoodIn(MetadataReader reader, TypeReferenceHandle type)
    {
        var scope = reader.GetTypeReference(type).ResolutionScope;
        return scope.Kind switch
        {
            HandleKind.TypeReference => IsStoodIn(reader, (TypeReferenceHandle)scope),
            HandleKind.AssemblyReference => s_standIns.Contains(
                reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)scope).Name)),
            _ => false,
        };
    }

    private static Dictionary<string, (Version Version, string Token)> ReadIdentities(MetadataReader reader) =>
        reader.AssemblyReferences.Select(reader.GetAssemblyReference)
            .Where(assembly => s_standIns.Contains(reader.GetString(assembly.Name)))
            .ToDictionary(
                assembly => reader.GetString(assembly.Name),
                assembly => (assembly.Version, Convert.ToHexString(reader.GetBlobBytes(assembly.PublicKeyOrToken))));
}
