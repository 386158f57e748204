using System.Reflection;

namespace Microsoft.SqlServer.Server;

// SqlClient depends on a package of this name, which the feed this product is built from lacks, and loads an assembly of this name for every command with
// parameters. These are the four types it looks up; only user-defined CLR types use them, and this product has none. NuGet takes this project for the package.

/// <summary>How a user-defined CLR type is serialised.</summary>
public enum Format
{
    Unknown = 0,
    Native = 1,
    UserDefined = 2,
}

/// <summary>A user-defined CLR type that serialises itself.</summary>
public interface IBinarySerialize
{
    void Read(BinaryReader r);

    void Write(BinaryWriter w);
}

/// <summary>Marks a user-defined CLR type.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class SqlUserDefinedTypeAttribute(Format format) : Attribute
{
    public Format Format { get; } = format;

    public int MaxByteSize { get; set; }

    public bool IsFixedLength { get; set; }

    public bool IsByteOrdered { get; set; }

    public string? ValidationMethodName { get; set; }

    public string? Name { get; set; }
}

/// <summary>A type that is not a user-defined CLR type, used as one.</summary>
public sealed class InvalidUdtException : SystemException
{
    private InvalidUdtException(string message) : base(message)
    {
    }

    /// <summary>Looked up by name.</summary>
    public static InvalidUdtException Create(Type udtType, string resourceReason) => new($"{((MemberInfo)udtType).Name}: {resourceReason}");
}
