using KlaviyoExport.Sources.Csv;
using KlaviyoExport.Sources.Sqlite;
using Microsoft.Data.Sqlite;

namespace KlaviyoExport.Sources;

/// <summary>Loads a source or looks into one, on a thread of the pool: files and databases are read in one go, without waiting in between.</summary>
internal sealed class SourceLoader(SourcePaths paths)
{
    /// <param name="source">Not changed.</param>
    /// <param name="staging">Full path of the file to make for a CSV.</param>
    /// <param name="cancellationToken">Stops between two rows.</param>
    /// <exception cref="SourceException">It cannot be loaded; the notice says why.</exception>
    public Task<LoadedProfiles> LoadAsync(Source source, string staging, CancellationToken cancellationToken) => Task.Run(
        () => source.Kind == SourceKind.Csv
            ? CsvLoader.Load(CsvFiles.Of(source.Location, paths), CsvDelimiter.Parse(source.Delimiter), source.KeyColumn, staging, cancellationToken)
            : WithDatabase(source.Location, source.Name, file => SqliteCatalogue.Load(file, source, cancellationToken), cancellationToken),
        cancellationToken);

    /// <exception cref="SourceException">It cannot be read; the notice says why.</exception>
    public Task<SourcePreview> PreviewAsync(SourceDraft draft, CancellationToken cancellationToken) => Task.Run(
        () => draft.Kind == SourceKind.Csv
            ? CsvPreview.Of(CsvFiles.Of(draft.Location.Trim(), paths), CsvDelimiter.Parse(draft.Delimiter), cancellationToken)
            : WithDatabase(draft.Location.Trim(), Path.GetFileName(draft.Location.Trim()), file => SqliteCatalogue.Preview(file.Connection, Path.GetFileName(draft.Location.Trim()), draft.Table, cancellationToken), cancellationToken),
        cancellationToken);

    /// <summary>The tables of a database and the columns of each.</summary>
    public Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> ColumnsAsync(Source source, CancellationToken cancellationToken) => Task.Run(
        () => WithDatabase<IReadOnlyDictionary<string, IReadOnlyList<string>>>(source.Location, source.Name, file => SqliteSchema.Tables(file.Connection).ToDictionary(
            table => table.Name,
            table => (IReadOnlyList<string>)[.. SqliteSchema.Columns(file.Connection, table.Name).Select(column => column.Name)]), cancellationToken),
        cancellationToken);

    private T WithDatabase<T>(string location, string name, Func<SqliteFile, T> read, CancellationToken cancellationToken)
    {
        var path = paths.Resolve(location);
        if (Directory.Exists(path))
            throw new SourceException(new Notice("Sources.IsAFolder", location));
        try
        {
            using var file = SqliteFile.Open(path);
            using var interruption = file.InterruptBy(cancellationToken);
            var found = read(file);
            file.DemandUnchanged();
            return found;
        }
        catch (SqliteException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw SqliteFile.Explain(exception, name);
        }
    }
}
