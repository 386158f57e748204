namespace KlaviyoExport.Sources;

/// <summary>The kinds of source. <see cref="SourceKinds"/> tells what they have in common.</summary>
public enum SourceKind
{
    Csv,
    Sqlite,
    PostgreSql,
    SqlServer,
}
