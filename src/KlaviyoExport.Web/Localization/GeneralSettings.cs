namespace KlaviyoExport.Web.Localization;

/// <summary>What the installation speaks to people who have not chosen a language themselves.</summary>
/// <param name="Language">One of <see cref="Languages.All"/>; null: what each browser asks for.</param>
/// <param name="Format">One of <see cref="Formats.All"/>, for numbers, dates and times; null: that of the language.</param>
internal sealed record GeneralSettings(string? Language, string? Format);
