using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Drift;

namespace KlaviyoExport.Exports;

/// <summary>Finds the uses of columns of a source that no longer exist or have another type.</summary>
internal sealed class ChangedColumns(Source source)
{
    private readonly HashSet<string> _present = [.. PresentFields.Of(source).Select(field => field.Name)];

    public IReadOnlyList<ColumnUse> OfSource() =>
        [
            .. source
                .KeyColumns.Where(IsGone)
                .Select(column => Use(ColumnUseKind.Key, column, isNeeded: true, new LocalizedMessage("Exports.Use.Key"))),
            .. source.ChangedAtColumn is { } changed && IsGone(changed)
                ? [Use(ColumnUseKind.ChangedAt, changed, source.MaxAgeHours is not null, new LocalizedMessage("Exports.Use.ChangedAt"))]
                : Array.Empty<ColumnUse>(),
        ];

    public IReadOnlyList<ColumnUse> Of(Segment segment) =>
        [
            .. AffectedCondition
                .In(segment.Definition, source)
                .Select(one => new ColumnUse(
                    ColumnUseKind.Condition,
                    one.Condition.Field,
                    EffectOf(one.IsBroken, one.IsLoaded),
                    one.Change,
                    one.Phrase
                )
                {
                    SegmentId = segment.Id,
                    Name = segment.Name,
                }),
            .. TablesOf(segment),
        ];

    public IReadOnlyList<ColumnUse> Of(Export export)
    {
        var fields = export.Fields.SelectMany(mapping =>
            new[]
            {
                Find(ColumnUseKind.Mapping, mapping.Field, new LocalizedMessage("Exports.Use.Mapping", mapping.Attribute)),
                mapping.CountryField is { } country
                    ? Find(ColumnUseKind.Country, country, new LocalizedMessage("Exports.Use.Country", mapping.Attribute))
                    : null,
            }
        );
        return
        [
            .. fields
                .Prepend(Find(ColumnUseKind.Email, export.EmailField, new LocalizedMessage("Exports.Use.Email")))
                .OfType<ColumnUse>()
                .Select(use => use with { ExportId = export.Id, Name = export.Name }),
        ];
    }

    private IEnumerable<ColumnUse> TablesOf(Segment segment) =>
        MembershipTables
            .Of([segment.Definition])
            .SelectMany(use => (source.Drift?.Tables ?? []).Where(loss => loss.Concerns(use)))
            .Select(loss => new ColumnUse(
                ColumnUseKind.Members,
                loss.Column ?? loss.Table,
                DriftEffect.Stops,
                loss.Message,
                new LocalizedMessage("Exports.Use.Members")
            )
            {
                Table = loss.Table,
                SegmentId = segment.Id,
                Name = segment.Name,
            });

    /// <summary>A column of another type is sent in that type, so runs go on.</summary>
    private ColumnUse? Find(ColumnUseKind kind, string column, LocalizedMessage what) =>
        IsGone(column) || source.ChangeOf(column) is { IsLoaded: false } ? Use(kind, column, IsGone(column), what) : null;

    private ColumnUse Use(ColumnUseKind kind, string column, bool isNeeded, LocalizedMessage what)
    {
        var change = source.ChangeOf(column);
        return new ColumnUse(
            kind,
            column,
            EffectOf(isNeeded, change?.IsLoaded ?? true),
            change?.Message ?? source.MessageOfMissing(column),
            what
        );
    }

    private bool IsGone(string column) => !_present.Contains(column);

    private DriftEffect EffectOf(bool isNeeded, bool isLoaded) =>
        !isNeeded ? DriftEffect.GoesOn
        : source.Kind.IsFiles() && !isLoaded ? DriftEffect.StopsAfterLoad
        : DriftEffect.Stops;
}
