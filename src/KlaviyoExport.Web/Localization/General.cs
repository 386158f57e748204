using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Auditing;
using KlaviyoExport.People.Rules;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Web.Localization;

/// <summary>Reads and saves the <see cref="GeneralSettings"/> of the installation.</summary>
internal sealed class General(IDbContextFactory<AppDb> stores, Audit audit, TimeProvider clock)
{
    private const string Language = SettingNames.Language;
    private const string Format = SettingNames.Format;

    // Every request needs the settings, so they are cached. A change by another process takes effect after this time.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    private Read _last = new(new GeneralSettings(null, null), DateTimeOffset.MinValue);

    /// <summary>
    /// Returns the settings, at most five seconds old. While the store is unavailable, returns the settings that were last read.
    /// </summary>
    public async ValueTask<GeneralSettings> CurrentAsync(CancellationToken cancellationToken)
    {
        var last = Volatile.Read(ref _last);
        var now = clock.GetUtcNow();
        if (now - last.At < Fresh)
            return last.Settings;
        try
        {
            return Keep(await GetAsync(cancellationToken)).Settings;
        }
        catch (Exception fault) when (StoreFaults.IsTransient(fault))
        {
            return last.Settings;
        }
    }

    public async Task<GeneralSettings> GetAsync(CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await ReadAsync(db, cancellationToken);
    }

    /// <summary>Saves the settings.</summary>
    /// <param name="actor">The person who saves. Must be an administrator.</param>
    /// <param name="wanted">The new settings.</param>
    /// <param name="seen">The settings that the person saw before changing them.</param>
    /// <param name="cancellationToken">Cancels the save.</param>
    /// <exception cref="LocalizedException">
    /// Another person has changed the settings in the meantime, or the actor is not an administrator. Nothing is saved.
    /// </exception>
    public async Task SaveAsync(Actor actor, GeneralSettings wanted, GeneralSettings seen, CancellationToken cancellationToken)
    {
        ManageSystem.Rule.Demand(actor);
        if (
            (wanted.Language is { } language && Languages.All.All(known => known.Name != language))
            || (wanted.Format is { } format && Formats.Find(format) is null)
        )
            throw new ArgumentException("The value is not a supported language or format.", nameof(wanted));
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        if (await ReadAsync(db, cancellationToken) != seen)
            throw new ChangedMeanwhileException();
        await SetAsync(db, Language, wanted.Language, cancellationToken);
        await SetAsync(db, Format, wanted.Format, cancellationToken);
        audit.Add(
            db,
            actor,
            "System.GeneralChanged",
            detail: new AuditChanges().Add("Language", seen.Language, wanted.Language).Add("Format", seen.Format, wanted.Format).ToMessage()
        );
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Keep(wanted);
    }

    private static async Task<GeneralSettings> ReadAsync(AppDb db, CancellationToken cancellationToken)
    {
        var settings = await db.Set<Setting>()
            .AsNoTracking()
            .Where(setting => setting.Name == Language || setting.Name == Format)
            .ToDictionaryAsync(setting => setting.Name, setting => setting.Value, cancellationToken);
        return new GeneralSettings(settings.GetValueOrDefault(Language), settings.GetValueOrDefault(Format));
    }

    private static async Task SetAsync(AppDb db, string name, string? value, CancellationToken cancellationToken)
    {
        var stored = await db.Set<Setting>().SingleOrDefaultAsync(setting => setting.Name == name, cancellationToken);
        if (stored is not null && value is null)
            db.Set<Setting>().Remove(stored);
        else if (stored is not null)
            stored.Value = value!;
        else if (value is not null)
            db.Set<Setting>().Add(new Setting { Name = name, Value = value });
    }

    private Read Keep(GeneralSettings settings)
    {
        var read = new Read(settings, clock.GetUtcNow());
        Volatile.Write(ref _last, read);
        return read;
    }

    private sealed record Read(GeneralSettings Settings, DateTimeOffset At);
}
