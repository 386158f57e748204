using System.Globalization;
using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Alerts;

/// <summary>The languages of people who read a message outside of a page.</summary>
internal sealed class ReaderCultures
{
    private readonly string? _language;
    private readonly string? _format;

    private ReaderCultures(string? language, string? format) => (_language, _format) = (language, format);

    public static async Task<ReaderCultures> ReadAsync(AppDb db, CancellationToken cancellationToken)
    {
        var settings = await db.Set<Setting>()
            .AsNoTracking()
            .Where(setting => setting.Name == SettingNames.Language || setting.Name == SettingNames.Format)
            .ToDictionaryAsync(setting => setting.Name, setting => setting.Value, cancellationToken);
        return new(settings.GetValueOrDefault(SettingNames.Language), settings.GetValueOrDefault(SettingNames.Format));
    }

    /// <summary>
    /// Returns the first language that is known: the reader's, that of the installation, English. The regional format of the installation
    /// applies to readers of its language.
    /// </summary>
    /// <param name="language">The reader's language, the preferred one first. Null when it is not known.</param>
    public CultureInfo Of(params ReadOnlySpan<string?> language)
    {
        string? own = null;
        foreach (var choice in language)
            own ??= choice;
        own ??= _language ?? "en";
        var hasFormat = _format is not null && (_format == own || _format.StartsWith(own + "-", StringComparison.Ordinal));
        return CultureInfo.GetCultureInfo(hasFormat ? _format! : own);
    }
}
