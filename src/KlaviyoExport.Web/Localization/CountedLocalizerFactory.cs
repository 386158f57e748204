using System.Reflection;
using System.Resources;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Localization;

/// <summary>Creates a <see cref="CountedLocalizer"/> for each resource file of the pages.</summary>
internal sealed class CountedLocalizerFactory(IOptions<LocalizationOptions> options, ILoggerFactory loggers)
    : ResourceManagerStringLocalizerFactory(options, loggers)
{
    private readonly ResourceNamesCache _names = new();
    private readonly ILogger _logger = loggers.CreateLogger<CountedLocalizer>();

    protected override ResourceManagerStringLocalizer CreateResourceManagerStringLocalizer(Assembly assembly, string baseName) =>
        new CountedLocalizer(new ResourceManager(baseName, assembly), assembly, baseName, _names, _logger);
}
