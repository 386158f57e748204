using KlaviyoExport.Web.Components.Ui;
using KlaviyoExport.Web.Hosting.Limits;
using KlaviyoExport.Web.Pages.Exports;
using KlaviyoExport.Web.Pages.Help;
using KlaviyoExport.Web.Pages.Start;
using KlaviyoExport.Web.Pages.System;

namespace KlaviyoExport.Web.Components;

internal static class UiRegistration
{
    public static IServiceCollection AddUi(this IServiceCollection services) =>
        services
            .AddScoped<Confirm>()
            .AddScoped<LastDeed>()
            .AddScoped<UnsavedForms>()
            .AddScoped<ExportCommands>()
            .AddSingleton<ExpensiveActions>()
            .AddSingleton<FirstSteps>()
            .AddSingleton<HelpLibrary>()
            .AddSingleton<HomeReader>()
            .AddSingleton<MatchableSources>()
            .AddSingleton<ListRuleTexts>()
            .AddSingleton<FieldRuleTexts>()
            .AddSystemPages();
}
