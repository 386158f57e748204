using System.Globalization;
using System.Reflection;
using System.Resources;
using Microsoft.Extensions.Localization;

namespace KlaviyoExport.Web.Localization;

/// <summary>Formats the texts of pages with plural forms, see <see cref="CountedText"/>.</summary>
internal sealed class CountedLocalizer(
    ResourceManager resources,
    Assembly assembly,
    string baseName,
    IResourceNamesCache cache,
    ILogger logger
) : ResourceManagerStringLocalizer(resources, assembly, baseName, cache, logger)
{
    public override LocalizedString this[string name, params object[] arguments]
    {
        get
        {
            var text = this[name];
            var formatted = CountedText.Format(CultureInfo.CurrentUICulture, CultureInfo.CurrentCulture, text.Value, arguments);
            return new LocalizedString(name, formatted, text.ResourceNotFound, text.SearchedLocation);
        }
    }
}
