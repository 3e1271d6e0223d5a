using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace SessionPlatform.StandIns.Tests;

/// <summary>What an assembly offers to its friends: all types and members that are not private.</summary>
internal static class StandInDefinitions
{
    public static HashSet<string> Read(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var reader = file.GetMetadataReader();
        return [.. reader.TypeDefinitions.Where(type => IsVisible(reader, type)).SelectMany(type => Of(reader, type))];
    }

    private static IEnumerable<string> Of(MetadataReader reader, TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        var typeName = Signatures.Name(reader, handle);
        yield return typeName;

        foreach (var method in type.GetMethods().Select(reader.GetMethodDefinition))
        {
            if ((method.Attributes & MethodAttributes.MemberAccessMask) > MethodAttributes.Private)
            {
                yield return Signatures.Method(
                    $"{typeName}::{reader.GetString(method.Name)}", method.DecodeSignature(Signatures.Instance, null));
            }
        }

        foreach (var field in type.GetFields().Select(reader.GetFieldDefinition))
        {
            if ((field.Attributes & FieldAttributes.FieldAccessMask) > FieldAttributes.Private)
            {
                yield return Signatures.Field(
                    $"{typeName}::{reader.GetString(field.Name)}", field.DecodeSignature(Signatures.Instance, null));
            }
        }
    }

    private static bool IsVisible(MetadataReader reader, TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        if ((type.Attributes & TypeAttributes.VisibilityMask) == TypeAttributes.NestedPrivate)
            return false;
        return type.GetDeclaringType() is not { IsNil: false } outer || IsVisible(reader, outer);
    }
}
