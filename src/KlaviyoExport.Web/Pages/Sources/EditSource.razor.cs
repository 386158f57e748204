using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Files;
using KlaviyoExport.Sources.Odbc;
using KlaviyoExport.Sources.Remote;
using KlaviyoExport.Web.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Pages.Sources;

public sealed partial class EditSource(
    SourceService sources,
    SourceUploads uploads,
    OdbcDrivers drivers,
    IOptions<SourceOptions> options,
    NavigationManager location
)
{
    private SourceDraft _draft = new();
    private SourcePreview? _preview;
    private SourcePreview? _stored;
    private FileFindings? _findings;
    private SourceServer? _kept;
    private OdbcInstalled? _installed;
    private RemoteFiles? _keptFiles;
    private string? _doing;
    private int _tests;

    /// <summary>The id of the source. Null for a new source.</summary>
    [Parameter]
    public int? Id { get; set; }

    /// <summary>The name of the kind of a new source, as <see cref="ChooseKind"/> links to it.</summary>
    [Parameter]
    public string? KindName { get; set; }

    private bool IsAtWork => Busy || _doing is not null;

    /// <summary>The result of the last test. Until the first test has ended, what is stored.</summary>
    private SourcePreview? Shown => _preview ?? _stored;

    private bool IsAwaited => _preview is null && _stored is not null;

    private bool IsQuery => _draft.IsQuery && _draft.Kind.HasTables();

    /// <summary>The columns that are shown. Null for all.</summary>
    private HashSet<string>? Kept => _draft.KeptFields is { } kept && _draft.Kind.IsFiles() ? [.. kept, .. _draft.KeyColumns] : null;

    private string LocationHint =>
        options.Value.Roots.Count == 0 ? T["LocationHintNoRoots"] : T["LocationHint", string.Join(", ", options.Value.Roots)];

    /// <summary>The name of the text for the first thing that is missing. Null when the source can be saved.</summary>
    private string? Missing =>
        this switch
        {
            { _draft.Name: var name } when name.Trim().Length == 0 => "Missing.Name",
            { _draft: var draft } when draft.Kind.IsServer() && LacksServer(draft) => draft.Kind == SourceKind.Odbc
                ? "Missing.Odbc"
                : "Missing.Server",
            { _draft: var draft } when draft.Kind.IsServer() && draft.NeedsPassword(_kept) => "Missing.Password",
            { _draft: var draft } when draft.Kind.IsRemoteFiles() && RemoteFields.Lacks(draft) => "Missing.Remote",
            { _draft: var draft } when draft.Kind.IsRemoteFiles() && draft.NeedsSecret(_keptFiles) => "Missing.Secret",
            { _draft: var draft } when (draft.Kind.IsServer() || draft.Kind.IsRemoteFiles()) && draft.LacksPasswordName =>
                "Missing.PasswordName",
            { _preview.HostKey: not null } => "Missing.HostKey",
            { _draft: var draft } when !draft.Kind.IsServer() && !draft.Kind.IsRemoteFiles() && draft.Location.Trim().Length == 0 =>
                "Missing.Location",
            { IsQuery: true } when string.IsNullOrWhiteSpace(_draft.Query) => "Missing.Query",
            { _preview: null } => "Missing.Test",
            { _draft: { Table: null or "" } draft } when draft.Kind.HasTables() && !IsQuery => "Missing.Table",
            { _draft.KeyColumns: var keys } when keys.Count == 0 || keys.Contains("") => "Missing.Key",
            { _draft: { MaxAgeHours: not null, ChangedAtColumn: null or "" } draft } when draft.Kind.IsServer() => "Missing.ChangedAt",
            _ => null,
        };

    protected override FormState Form =>
        new FormState<SourceDraft>(() => _draft, draft => (_draft, _preview, _stored) = (draft, null, null));

    protected override async Task LoadAsync()
    {
        if (Id is not { } id)
        {
            if (Enum.TryParse<SourceKind>(KindName, ignoreCase: true, out var kind) && Enum.IsDefined(kind))
                _draft.Kind = kind;
            else if (KindName is not null)
                location.NavigateTo("sources/new");
            await ListDriversAsync();
            return;
        }
        var source = await sources.GetAsync(await ActorAsync(), id, Leaving);
        _draft = SourceDraft.Of(source);
        _stored = new(
            [.. source.Table is { } table ? [new SourceTable(table, IsView: false)] : Array.Empty<SourceTable>()],
            source.Fields,
            [],
            [],
            []
        );
        (_kept, _keptFiles) = source.Password is null ? (null, null) : (source.Server, source.Remote);
        await ListDriversAsync();
        // Beside the form, because this page is where a source is repaired that cannot be read.
        if (RendererInfo.IsInteractive)
            _ = TestStoredAsync();
    }

    private async Task TestStoredAsync()
    {
        await TryAsync(TestAsync);
        _stored = null;
        if (!Leaving.IsCancellationRequested)
            StateHasChanged();
    }

    private async Task ListDriversAsync()
    {
        if (_draft.Kind == SourceKind.Odbc)
            _installed = await drivers.InstalledAsync(await ActorAsync(), Leaving);
    }

    internal static bool LacksServer(SourceDraft draft) =>
        draft.Kind == SourceKind.Odbc
            ? string.IsNullOrWhiteSpace(draft.Odbc.DataSource) && string.IsNullOrWhiteSpace(draft.Odbc.Driver)
            : string.IsNullOrWhiteSpace(draft.Host)
                || string.IsNullOrWhiteSpace(draft.Database)
                || (draft.HasPassword && string.IsNullOrWhiteSpace(draft.User))
                || (
                    draft is { Kind: SourceKind.SqlServer, SignIn: ServerSignIn.ServicePrincipal }
                    && string.IsNullOrWhiteSpace(draft.Tenant)
                );

    /// <summary>Discards the result of the last test, and of one that is in progress.</summary>
    private void Forget()
    {
        _tests++;
        (_preview, _stored, _findings) = (null, null, null);
    }

    /// <summary>Tests the file again after a change of how it is read, so that the change is seen.</summary>
    private async Task ReadAgainAsync()
    {
        if (_findings is null)
            return;
        await TryAsync(TestAsync);
    }

    private async Task TestAsync()
    {
        _doing = "Testing";
        var test = ++_tests;
        try
        {
            var preview = await sources.TestAsync(await CountedActorAsync(), _draft, Leaving);
            if (test != _tests)
                return;
            _preview = preview;
            _findings = _preview.Findings;
            var names = _preview.Fields.Select(field => field.Name).ToHashSet();
            if (names.Count > 0 && (_draft.KeyColumns.Count == 0 || !names.IsSupersetOf(_draft.KeyColumns)))
                _draft.KeyColumns = [.. _preview.LikelyKey];
        }
        catch
        {
            _preview = null;
            throw;
        }
        finally
        {
            _doing = null;
        }
    }

    private Task ChooseFormatAsync(FormatChoice choice)
    {
        _draft.Formats = [choice, .. _draft.Formats.Where(other => other.Field != choice.Field)];
        return TestAsync();
    }

    private async Task UploadAsync(InputFileChangeEventArgs chosen)
    {
        _doing = "Uploading";
        try
        {
            if (chosen.File.Size > uploads.MaxBytes)
                throw new LocalizedException(new LocalizedMessage("Sources.UploadTooLarge", uploads.MaxBytes));
            await using var content = chosen.File.OpenReadStream(uploads.MaxBytes, Leaving);
            _draft.Location = await uploads.SaveAsync(await CountedActorAsync(), content, chosen.File.Name, Leaving);
            _draft.KeptFields = null;
        }
        finally
        {
            _doing = null;
        }
        if (Id is null && Path.GetExtension(_draft.Location).ToUpperInvariant() is ".DB" or ".SQLITE" or ".SQLITE3")
            _draft.Kind = SourceKind.Sqlite;
        await TestAsync();
    }

    private async Task SaveAsync()
    {
        // The Enter key submits a form even if its button is disabled.
        if (Missing is not null)
            return;
        _doing = "Saving";
        try
        {
            var source = await sources.SaveAsync(await CountedActorAsync(), _draft, Leaving);
            await SavedAsync();
            location.NavigateTo($"sources/{source.Id}");
        }
        finally
        {
            _doing = null;
        }
    }
}
