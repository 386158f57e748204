using Bunit;
using KlaviyoExport.People;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Remote;
using KlaviyoExport.Tests;
using KlaviyoExport.Tests.Sources.Remote;
using KlaviyoExport.Web.Pages.Sources;
using KlaviyoExport.Web.Tests.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Pages.Sources;

[Trait(Needs.Trait, Needs.Server)]
public sealed class RemoteSourcePageTests
{
    [Fact]
    public async Task The_key_of_an_SFTP_server_is_confirmed_and_its_files_are_shown_before_saving()
    {
        await using var place = await RemotePlace.CreateAsync(SourceKind.Sftp);
        await place.PutAsync("in/a.csv", "id,email\n1,a@x.example\n");
        await place.PutAsync("in/b.csv", "id,email\n1,a@x.example\n2,b@x.example\n");
        var draft = place.Draft();
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        page.Ui.JSInterop.Mode = JSRuntimeMode.Loose;
        var form = New(page, SourceKind.Sftp);
        Assert.Empty(form.FindAll("#location"));
        form.Find("#name").Input("Partner");
        Says(form, "Enter where the files are and the user.");
        form.Find("#host").Input(draft.Remote.Host!);
        form.Find("#port").Change(draft.Remote.Port);
        form.Find("#remote-user").Input(draft.Remote.User!);
        Says(form, "Enter the secret.");
        Choose(form, "Private key");
        form.Find("#secret").Input(draft.Password!);
        form.Find("#folder").Input(draft.Remote.Folder!);
        form.Find("#choice").Change(nameof(RemoteChoice.All));
        Test(form);
        form.WaitForAssertion(() =>
            Assert.Contains(draft.Remote.HostKey!, form.Find("[role=alert], .alert").TextContent, StringComparison.Ordinal)
        );
        Says(form, "Test the connection and confirm the key of the server.");

        form.Find("#confirm-key").Click();
        form.WaitForAssertion(() => Assert.Equal("Files found: 2", form.Find("#files-found h2").TextContent));
        Assert.Equal(["a.csv", "b.csv"], form.FindAll("#files-found code").Select(name => name.TextContent.Split('/')[^1]).Order());
        Assert.DoesNotContain("BEGIN OPENSSH", form.Markup, StringComparison.Ordinal);
        form.Find("form").Submit();
        form.WaitForAssertion(() =>
            Assert.EndsWith("/sources/1", page.Ui.Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal)
        );

        await using var db = await page.OpenAsync();
        var source = await db.Set<Source>().SingleAsync();
        Assert.Equal((draft.Remote.HostKey, 2), (source.Remote!.HostKey, source.RemoteLoad!.Count));
        var shown = page.Ui.Render<SourcePage>(parameters => parameters.Add(opened => opened.Id, source.Id));
        Assert.Equal(["a.csv", "b.csv"], shown.FindAll("#files-loaded .lead-cell code").Select(name => name.TextContent.Split('/')[^1]));
        shown.FindAll("button").First(button => button.TextContent == "Reload").Click();
        shown.WaitForAssertion(() =>
            Assert.Contains("Not changed since the load.", shown.Find("#files-loaded").TextContent, StringComparison.Ordinal)
        );
        var edit = page.Ui.Render<EditSource>(parameters => parameters.Add(opened => opened.Id, source.Id));
        edit.WaitForAssertion(() => Assert.Equal("Stored. Leave empty to keep it.", edit.Find("#secret-hint").TextContent));
        edit.Find("#host").Input("elsewhere.example");
        Says(edit, "Enter the secret.");
    }

    [Fact]
    public async Task Each_kind_of_store_asks_for_what_it_needs()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        page.Ui.JSInterop.Mode = JSRuntimeMode.Loose;
        var form = New(page, SourceKind.S3);
        Assert.Empty(form.FindAll("#allow-http, #path-style, #host, #passphrase"));
        form.Find("#endpoint").Input("http://store.example");
        Assert.NotEmpty(form.FindAll("#allow-http"));
        Assert.NotEmpty(form.FindAll("#path-style"));
        Choose(form, "Identity of the machine");
        Assert.Empty(form.FindAll("#secret, #remote-user"));

        form = New(page, SourceKind.AzureBlob);
        Assert.Equal("", form.Find("#endpoint").GetAttribute("value") ?? "");
        Assert.Empty(form.FindAll("#region, #remote-user"));
        Assert.Contains("Account key", form.Find("label[for=secret]").TextContent, StringComparison.Ordinal);
    }

    private static void Says(IRenderedComponent<EditSource> form, string missing) =>
        form.WaitForAssertion(() => Assert.Equal(missing, form.Find("#missing").TextContent));

    private static IRenderedComponent<EditSource> New(PageContext page, SourceKind kind) =>
        page.Ui.Render<EditSource>(parameters => parameters.Add(opened => opened.KindName, kind.ToString()));

    private static void Choose(IRenderedComponent<EditSource> form, string choice) =>
        form.FindAll("label.choice")
            .First(label => label.TextContent.Trim().StartsWith(choice, StringComparison.Ordinal))
            .QuerySelector("input")!
            .Change(true);

    private static void Test(IRenderedComponent<EditSource> form) =>
        form.FindAll("button").First(button => button.TextContent == "Test the connection").Click();
}
