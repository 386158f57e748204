using System.Globalization;
using KlaviyoExport.Web.Pages.Help;
using KlaviyoExport.Web.Tests.Pages.Help;

namespace KlaviyoExport.Browser.Tests.Guides;

/// <summary>A guide in a language, and which of its labels the steps of a test have used.</summary>
/// <param name="page">Its page of the help site: "operator".</param>
internal sealed class Guide(string page, CultureInfo language)
{
    private readonly HashSet<string> _used = [];

    /// <summary>A step has used a text of the product.</summary>
    public void Use(string text) => _used.Add(text);

    /// <summary>Every label that the guide names was used by a step.</summary>
    public void WasFollowed()
    {
        var document = new HelpLibrary().Find(page, language)!;
        Assert.Equal(language.Name, document.Place.Language);
        Assert.Empty(GuideLabels.Of(document.Path).Except(_used));
    }
}
