using System.Globalization;
using System.Resources;

namespace KlaviyoExport.Browser.Tests.Guides;

/// <summary>The texts of the pages in a language. Tells guides which of them the steps of a test use.</summary>
internal sealed class PageTexts(CultureInfo language, params Guide[] guides)
{
    public CultureInfo Language => language;

    /// <typeparam name="T">The marker class of an area of pages.</typeparam>
    public string Of<T>(string key, params object[] values)
    {
        var text =
            new ResourceManager(typeof(T)).GetString(key, language)
            ?? throw new ArgumentException($"{typeof(T)} has no text {key}.", nameof(key));
        return string.Format(language, Use(text), values);
    }

    /// <summary>Uses a text that is not in the resources of the pages, and returns it.</summary>
    public string Use(string text)
    {
        foreach (var guide in guides)
            guide.Use(text);
        return text;
    }
}
