using Bunit;
using KlaviyoExport.Web.Components.Ui;
using Microsoft.JSInterop;

namespace KlaviyoExport.Web.Tests.Components;

public sealed class CopyButtonTests
{
    private const string Copy = "navigator.clipboard.writeText";

    [Theory]
    [InlineData("en", "Copied.")]
    [InlineData("sr-Cyrl", "Копирано.")]
    [InlineData("ca", "Copiat.")]
    public async Task Copying_is_announced(string language, string told)
    {
        await using var ui = new UiContext(language);
        ui.JSInterop.SetupVoid(Copy, "https://example.com/below/runs/7").SetVoidResult();
        var button = Render(ui);
        Assert.Equal("", button.Find("[role=status]").TextContent);

        await button.Find("button").ClickAsync(new());

        Assert.Equal(told, button.Find("[role=status]").TextContent);
    }

    [Fact]
    public async Task A_browser_that_does_not_allow_it_leaves_the_reader_with_advice()
    {
        await using var ui = new UiContext();
        ui.JSInterop.SetupVoid(Copy, _ => true).SetException(new JSException("NotAllowedError"));
        var button = Render(ui);

        await button.Find("button").ClickAsync(new());

        Assert.Equal("Use the address bar.", button.Find("[role=status]").TextContent);
    }

    private static IRenderedComponent<CopyButton> Render(UiContext ui) =>
        ui.Render<CopyButton>(parameters =>
            parameters
                .Add(button => button.Label, "Copy link")
                .Add(button => button.Value, "https://example.com/below/runs/7")
                .Add(button => button.Instead, "Use the address bar.")
        );
}
