namespace KlaviyoExport.Web.Localization;

/// <summary>The language and format for people who have not chosen a language themselves.</summary>
/// <param name="Language">The name of one of <see cref="Languages.All"/>. Null: the language that each browser prefers.</param>
/// <param name="Format">The name of one of <see cref="Formats.All"/>. Null: the format of the language.</param>
internal sealed record GeneralSettings(string? Language, string? Format);
