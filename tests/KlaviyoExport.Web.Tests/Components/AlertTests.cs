using Bunit;
using KlaviyoExport.Web.Components.Ui;

namespace KlaviyoExport.Web.Tests.Components;

public sealed class AlertTests
{
    [Theory]
    [InlineData("en", "Your role does not allow this. Ask an administrator if you need it.")]
    [InlineData("ca", "El vostre rol no ho permet. Demaneu-ho a un administrador si us cal.")]
    public void A_message_is_shown_in_the_readers_language(string language, string expected)
    {
        using var ui = new UiContext(language);

        Assert.Equal(
            expected,
            ui.Render<Alert>(parameters => parameters.Add(alert => alert.Message, new LocalizedMessage("People.NotAllowed")))
                .Find("p")
                .TextContent
        );
    }

    [Fact]
    public void Errors_are_announced_to_screen_readers_at_once()
    {
        using var ui = new UiContext();
        var alert = ui.Render<Alert>(parameters => parameters.Add(alert => alert.Kind, AlertKind.Danger).Add(alert => alert.Text, "No."));

        Assert.Equal("alert", alert.Find("div").GetAttribute("role"));
    }

    [Fact]
    public void Without_a_message_there_is_nothing()
    {
        using var ui = new UiContext();

        Assert.Empty(ui.Render<Alert>().Markup.Trim());
    }
}
