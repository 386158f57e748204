namespace KlaviyoExport.Sources;

/// <summary>What the kinds of source have in common.</summary>
public static class SourceKinds
{
    /// <summary>Whether profiles are read over the network, with a user and a password.</summary>
    public static bool IsServer(this SourceKind kind) => kind is SourceKind.PostgreSql or SourceKind.SqlServer;

    /// <summary>Whether the source has several tables, for profiles and for memberships.</summary>
    public static bool HasTables(this SourceKind kind) => kind != SourceKind.Csv;
}
