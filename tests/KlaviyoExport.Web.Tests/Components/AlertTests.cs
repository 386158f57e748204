using Bunit;
using KlaviyoExport.Web.Components.Ui;

namespace KlaviyoExport.Web.Tests.Components;

public sealed class AlertTests
{
    [Theory]
    [InlineData("en", "The password is incorrect. Try again.")]
    [InlineData("ca", "La contrasenya no és correcta. Torneu-ho a provar.")]
    public void A_message_is_shown_in_the_readers_language(string language, string expected)
    {
        using var ui = new UiContext(language);

        Assert.Equal(
            expected,
            ui.Render<Alert>(parameters => parameters.Add(alert => alert.Message, new LocalizedMessage("People.PasswordWrong")))
                .Find("p")
                .TextContent.Trim()
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
