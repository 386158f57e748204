using System.Globalization;
using System.Resources;

namespace KlaviyoExport.Browser.Tests.Guides;

/// <summary>The texts of the pages in a language.</summary>
internal sealed class PageTexts(CultureInfo language)
{
    public CultureInfo Language => language;

    /// <typeparam name="T">The marker class of an area of pages.</typeparam>
    public string Of<T>(string key, params object[] values) =>
        new ResourceManager(typeof(T)).GetString(key, language) is { } text
            ? string.Format(language, text, values)
            : throw new ArgumentException($"{typeof(T)} has no text {key}.", nameof(key));
}
