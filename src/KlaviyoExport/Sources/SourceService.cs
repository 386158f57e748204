using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Auditing;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Secrets;
using KlaviyoExport.Sources.Drift;
using KlaviyoExport.Sources.Servers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Sources;

/// <summary>
/// Adds, changes, loads and removes sources. A failed call throws a <see cref="LocalizedException"/> and changes nothing but the source's
/// error.
/// </summary>
public sealed class SourceService
{
    private readonly IDbContextFactory<AppDb> _stores;
    private readonly SourceLoader _loader;
    private readonly SourcePasswords _passwords;
    private readonly SourceColumns _columns;
    private readonly SourceFiles _files;
    private readonly SourceLoads _loads;
    private readonly SourceSamples _samples;
    private readonly IReadOnlyList<FindSourceUsers> _users;
    private readonly IReadOnlyList<FindFieldUsers> _fieldUsers;
    private readonly KeyedLocks<int> _locks = new();
    private readonly Audit _audit;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;

    internal SourceService(
        IDbContextFactory<AppDb> stores,
        SourceLoader loader,
        SourcePasswords passwords,
        SourceColumns columns,
        SourceFiles files,
        SourceLoads loads,
        SourceSamples samples,
        IEnumerable<FindSourceUsers> users,
        IEnumerable<FindFieldUsers> fieldUsers,
        Audit audit,
        TimeProvider clock,
        ILogger<SourceService> logger
    )
    {
        _stores = stores;
        _loader = loader;
        _passwords = passwords;
        _columns = columns;
        _files = files;
        _loads = loads;
        _samples = samples;
        _users = [.. users];
        _fieldUsers = [.. fieldUsers];
        _audit = audit;
        _clock = clock;
        _logger = logger;
    }

    public async Task<IReadOnlyList<Source>> ListAsync(Actor actor, CancellationToken cancellationToken)
    {
        ManageSources.Rule.Demand(actor);
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        return await db.Set<Source>().AsNoTracking().OrderBy(source => source.Name).ToListAsync(cancellationToken);
    }

    /// <exception cref="GoneException">The source was removed.</exception>
    public async Task<Source> GetAsync(Actor actor, int id, CancellationToken cancellationToken)
    {
        ManageSources.Rule.Demand(actor);
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var source = await db.Set<Source>().AsNoTracking().GetAsync(id, cancellationToken);
        _samples.Reveal(source);
        return source;
    }

    /// <summary>Returns all loaded sources, for choosing one.</summary>
    public async Task<IReadOnlyList<SourceChoice>> ChoicesAsync(CancellationToken cancellationToken)
    {
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var sources = await db.Set<Source>()
            .Where(source => source.LoadedAt != null)
            .OrderBy(source => source.Name)
            .Select(source => new
            {
                source.Id,
                source.Name,
                source.Kind,
                source.KeyColumns,
                source.RowCount,
                IsQuery = source.Query != null,
                source.Fields,
            })
            .ToListAsync(cancellationToken);
        var ages = await FreshnessReader.ReadAsync(db, cancellationToken);
        var now = _clock.GetUtcNow();
        return
        [
            .. sources.Select(source => new SourceChoice(
                source.Id,
                source.Name,
                source.Kind,
                source.KeyColumns,
                source.RowCount,
                source.IsQuery,
                [.. source.Fields.Select(field => field with { Samples = [], Doubt = null })]
            )
            {
                Freshness = ages.GetValueOrDefault(source.Id),
                AgeWarning = ages.GetValueOrDefault(source.Id)?.WarningAt(now),
            }),
        ];
    }

    /// <summary>Returns the tables and views of a database source with their columns. Empty for CSV.</summary>
    /// <exception cref="LocalizedException">The source cannot be read, or the actor may not define segments.</exception>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> TablesAsync(
        Actor actor,
        int id,
        CancellationToken cancellationToken
    )
    {
        DefineSegments.Rule.Demand(actor);
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var source = await db.Set<Source>().AsNoTracking().GetAsync(id, cancellationToken);
        return source.Kind.HasTables()
            ? await _loader.ColumnsAsync(source, cancellationToken)
            : new Dictionary<string, IReadOnlyList<string>>();
    }

    /// <summary>Tests a draft without storing anything.</summary>
    public async Task<SourcePreview> TestAsync(Actor actor, SourceDraft draft, CancellationToken cancellationToken)
    {
        ManageSources.Rule.Demand(actor);
        if (!draft.Kind.IsServer() && !draft.Kind.IsRemoteFiles())
            return await _loader.PreviewAsync(draft, null, cancellationToken);
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var kept = draft.Id is { } id ? await db.Set<Source>().AsNoTracking().GetAsync(id, cancellationToken) : null;
        if (draft.Kind.IsRemoteFiles())
        {
            var files = draft.Remote.Checked(draft.Kind);
            var secret = await _passwords.OfAsync(draft, null, files, kept, cancellationToken);
            return await _loader.PreviewAsync(draft, files, secret, cancellationToken);
        }
        var server = ServerDraft.Of(draft);
        var password = await _passwords.OfAsync(draft, server, null, kept, cancellationToken);
        return await _loader.PreviewAsync(draft.Kind, server, password, draft, cancellationToken);
    }

    /// <summary>
    /// Adds or changes a source. If its data must be read differently, it is loaded first, and saved only when the load succeeds.
    /// </summary>
    public async Task<Source> SaveAsync(Actor actor, SourceDraft draft, CancellationToken cancellationToken)
    {
        ManageSources.Rule.Demand(actor);
        var wanted = SourceDefinition.Of(draft, actor.Name, _clock.GetUtcNow());
        using var turn = draft.Id is { } id ? await _locks.EnterAsync(id, cancellationToken) : null;
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        if (await db.Set<Source>().AnyAsync(other => other.Name == wanted.Name && other.Id != draft.Id, cancellationToken))
            throw new SourceException(new LocalizedMessage("Sources.NameTaken", wanted.Name));
        var source = draft.Id is { } known ? await db.Set<Source>().GetAsync(known, cancellationToken) : wanted;
        if (draft.Id is null)
            db.Set<Source>().Add(source);
        else if (source.Version != draft.Version)
            throw new SourceException(new LocalizedMessage("Sources.ChangedMeanwhile"));
        else if (source.Kind != wanted.Kind)
            throw new SourceException(new LocalizedMessage("Sources.KindFixed"));
        if (wanted.KeptFields is not null && _files.IsUpload(wanted.Location))
            throw new SourceException(new LocalizedMessage("Sources.KeptOfUpload"));
        if (draft.Id is not null)
            await KeptFields.DemandUnusedAsync(db, source, wanted.KeptFields, _fieldUsers, cancellationToken);

        var place = _passwords.PlaceOf(draft);
        var previous = (source.Location, source.PasswordFrom);
        var before = draft.Id is null ? null : SourceFacts.Of(source);
        var isReadDifferently =
            draft.Id is null
            || !string.IsNullOrEmpty(draft.Password)
            || place != source.PasswordFrom
            || !SourceDefinition.AreReadAlike(source, wanted);
        if (wanted.Server is not null || wanted.Remote is not null)
            (source.Password, source.PasswordFrom) = (
                place is null && draft.HasPassword
                    ? _passwords.Protect(await _passwords.OfAsync(draft, wanted.Server, wanted.Remote, source, cancellationToken))
                    : null,
                place
            );
        SourceDefinition.Apply(wanted, source);
        _audit.Add(
            db,
            actor,
            draft.Id is null ? "Sources.Added" : "Sources.Changed",
            source.Name,
            draft.Id,
            before?.ChangesTo(SourceFacts.Of(source), !string.IsNullOrEmpty(draft.Password))
        );
        if (previous.PasswordFrom != place)
            _audit.Add(
                db,
                actor,
                "Sources.PasswordMoved",
                source.Name,
                draft.Id,
                before is null ? SecretPlace.MessageOf(place) : PlaceChange(previous.PasswordFrom, place)
            );
        if (isReadDifferently)
            await _loads.LoadAsync(db, source, isSameReading: false, cancellationToken);
        else
            await db.SaveSourceAsync(source.Name, cancellationToken);
        if (draft.Id is not null && previous.Location != source.Location)
            _files.DeleteUpload(previous.Location);
        return source;
    }

    /// <summary>
    /// Stores how the values of a field are written, and loads the source again. A choice without an order and a mark removes the earlier
    /// one.
    /// </summary>
    public async Task<Source> ChooseFormatAsync(Actor actor, int id, FormatChoice choice, CancellationToken cancellationToken)
    {
        ManageSources.Rule.Demand(actor);
        ArgumentNullException.ThrowIfNull(choice);
        using var turn = await _locks.EnterAsync(id, cancellationToken);
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var source = await db.Set<Source>().GetAsync(id, cancellationToken);
        if (source.Fields.TrueForAll(field => field.Name != choice.Field))
            throw new SourceException(new LocalizedMessage("Sources.NoField", source.Name, choice.Field));
        source.Formats = FormatChoice.Valid([choice, .. source.Formats]);
        _audit.Add(db, actor, "Sources.Changed", source.Name, id, new LocalizedMessage("Sources.FormatOf", choice.Field));
        await _loads.LoadAsync(db, source, isSameReading: false, cancellationToken);
        return source;
    }

    /// <summary>
    /// Reloads a source. Files in a store are only read again if one of them has changed. If the load fails, the error is stored and the
    /// previous load is still used.
    /// </summary>
    public async Task<Source> LoadAsync(Actor actor, int id, CancellationToken cancellationToken)
    {
        ManageSources.Rule.Demand(actor);
        using var turn = await _locks.EnterAsync(id, cancellationToken);
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var source = await db.Set<Source>().GetAsync(id, cancellationToken);
        try
        {
            _audit.Add(db, actor, "Sources.Loaded", source.Name, source.Id);
            await _loads.LoadAsync(db, source, isSameReading: true, cancellationToken);
            return source;
        }
        catch (SourceException exception)
        {
            Log.LoadRefused(_logger, id, exception.LocalizedMessage.Code);
            await _loads.KeepErrorAsync(id, exception.LocalizedMessage, cancellationToken);
            // A missing key column stops the load. The columns tell what else has changed, and perhaps its new name.
            if (!exception.Fault.IsTransient)
                await _columns.LookAsync(id, cancellationToken);
            throw;
        }
    }

    private static LocalizedMessage? PlaceChange(SecretPlace? before, SecretPlace? after) =>
        new AuditChanges().Add("PasswordPlace", SecretPlace.MessageOf(before), SecretPlace.MessageOf(after)).ToMessage();

    /// <summary>Removes an unused source with its staging file and its upload. The user's own files are not touched.</summary>
    public async Task RemoveAsync(Actor actor, int id, CancellationToken cancellationToken)
    {
        ManageSources.Rule.Demand(actor);
        using var turn = await _locks.EnterAsync(id, cancellationToken);
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var source = await db.Set<Source>().GetAsync(id, cancellationToken);
        var users = new List<string>();
        foreach (var find in _users)
            users.AddRange(await find(db, id, cancellationToken));
        if (users.Count > 0)
            throw new SourceException(new LocalizedMessage("Sources.InUse", source.Name, string.Join(", ", users.Distinct())));
        db.Set<Source>().Remove(source);
        _audit.Add(db, actor, "Sources.Removed", source.Name, id);
        await db.SaveAsync(cancellationToken);
        _files.DeleteStaging(source.StagingFile);
        _files.DeleteUpload(source.Location);
    }
}
