using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Drift;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Exports;

/// <summary>Uses the new name of a column wherever its old name is used, when a person has confirmed that it was renamed.</summary>
public sealed class ColumnRename(IDbContextFactory<AppDb> stores, SourceService sources, Audit audit)
{
    /// <summary>
    /// Changes the key, the time column and the formats of the source, the conditions of its segments, and the fields of its exports, together or not at
    /// all. Then the source is loaded.
    /// </summary>
    /// <param name="actor">An administrator.</param>
    /// <param name="sourceId">The source.</param>
    /// <param name="from">The name of a column that no longer exists.</param>
    /// <param name="to">The name of a column that exists now.</param>
    /// <param name="cancellationToken">Cancels the operation. A load that was canceled can be repeated.</param>
    /// <exception cref="LocalizedException">
    /// The actor may not do this, the columns are not as described, or the load failed. After a failed load, the new name is used.
    /// </exception>
    public async Task<Source> ApplyAsync(Actor actor, int sourceId, string from, string to, CancellationToken cancellationToken)
    {
        ManageSources.Rule.Demand(actor);
        DefineSegments.Rule.Demand(actor);
        EditExports.Rule.Demand(actor);
        await RenameAsync(actor, sourceId, from, to, cancellationToken);
        return await sources.LoadAsync(actor, sourceId, cancellationToken);
    }

    private async Task RenameAsync(Actor actor, int sourceId, string from, string to, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        var source =
            await db.Set<Source>().SingleOrDefaultAsync(source => source.Id == sourceId, cancellationToken)
            ?? throw new GoneException(new LocalizedMessage("Sources.Gone"));
        var isGone =
            source.Drift?.Changes.Any(change => change is { Kind: ColumnChangeKind.Gone, IsBack: false } && change.Column == from) == true;
        var exists =
            PresentFields.Of(source).Any(field => field.Name == to)
            || source.Drift?.Changes.Any(change => change.Kind == ColumnChangeKind.Added && change.Column == to) == true;
        if (!isGone || !exists)
            throw new LocalizedException(new LocalizedMessage("Exports.RenameNotPossible", from, to));
        Rename(source, from, to);
        var detail = new LocalizedMessage("Exports.RenamedColumn", from, to);
        audit.Add(db, actor, "Sources.ColumnRenamed", source.Name, sourceId, detail);
        foreach (var segment in await db.Set<Segment>().Where(segment => segment.SourceId == sourceId).ToListAsync(cancellationToken))
        {
            if (SegmentTree.NodesOf(segment.Definition).OfType<Condition>().All(condition => condition.Field != from))
                continue;
            segment.Definition = SegmentTree.WithField(segment.Definition, from, to);
            audit.Add(db, actor, "Segments.Changed", segment.Name, segment.Id, detail);
        }
        foreach (var export in await db.Set<Export>().Where(export => export.SourceId == sourceId).ToListAsync(cancellationToken))
        {
            if (!export.FieldsRead.Contains(from))
                continue;
            Rename(export, from, to);
            audit.Add(db, actor, "Exports.Changed", export.Name, export.Id, detail);
        }
        await db.SaveAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static void Rename(Source source, string from, string to)
    {
        source.KeyColumns = KeyColumns.Of(source.KeyColumns.Select(column => column == from ? to : column));
        source.ChangedAtColumn = source.ChangedAtColumn == from ? to : source.ChangedAtColumn;
        source.Formats = source.Formats.ConvertAll(choice => choice.Field == from ? choice with { Field = to } : choice);
        if (source.Fields.TrueForAll(field => field.Name != to))
            source.Fields = source.Fields.ConvertAll(field => field.Name == from ? field with { Name = to } : field);
        source.Drift = source.Drift?.Without(from, to);
    }

    private static void Rename(Export export, string from, string to)
    {
        export.EmailField = export.EmailField == from ? to : export.EmailField;
        export.Fields = export.Fields.ConvertAll(mapping =>
            mapping with
            {
                Field = mapping.Field == from ? to : mapping.Field,
                CountryField = mapping.CountryField == from ? to : mapping.CountryField,
            }
        );
    }
}
