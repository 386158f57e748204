using Bunit;
using KlaviyoExport.People;
using KlaviyoExport.Secrets;
using KlaviyoExport.Sources;
using KlaviyoExport.Web.Pages.Sources;
using KlaviyoExport.Web.Tests.Components;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Web.Tests.Pages.Sources;

/// <summary>The fields for the sign-in to a server: who signs in, and where the password is.</summary>
public sealed class SignInPageTests
{
    [Fact]
    public async Task A_password_can_be_named_instead_of_entered()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        var form = Open(page, SourceKind.PostgreSql);
        form.Find("#server-user").Input("u");
        Says(form, "Enter the password.");
        Assert.Equal(
            ["Entered here", "Environment variable of the server", "File on the server"],
            form.FindAll("#password-place option").Select(option => option.TextContent)
        );

        form.Find("#password-place").Change("File");
        Says(form, "Name the place of the password.");
        Assert.Empty(form.FindAll("#password"));
        Assert.Contains("a file in /run/secrets", form.Find("#password-name-hint").TextContent, StringComparison.Ordinal);
        form.Find("#password-name").Input("/etc/shadow");
        form.FindAll("button").First(button => button.TextContent == "Test the connection").Click();

        form.WaitForAssertion(() =>
            Assert.Contains("The file /etc/shadow may not be read.", form.Find("[role=alert]").TextContent, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_service_principal_needs_a_tenant_and_a_client_ID_and_TLS_cannot_be_chosen()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        var form = Open(page, SourceKind.SqlServer);
        Assert.Equal(
            ["User and password", "Microsoft Entra: service principal"],
            form.FindAll("#sign-in option").Select(option => option.TextContent)
        );
        Assert.NotEmpty(form.FindAll("input[name=tls]"));

        form.Find("#sign-in").Change("ServicePrincipal");
        Says(form, "Enter host, database and user.");
        Assert.Empty(form.FindAll("input[name=tls]"));
        form.Find("#tenant").Input("company.example");
        form.Find("#server-user").Input("0f8fad5b-d9cb-469f-a165-70867728950e");
        Says(form, "Enter the password.");
        form.Find("#password").Input("the-client-secret");
        Says(form, "Test the source, so that you can choose the key.");
        Assert.DoesNotContain("the-client-secret", form.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_shows_how_it_signs_in_and_where_its_password_is()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        var id = await AddAsync(page, ServerSignIn.ServicePrincipal, SecretPlace.InFile("/run/secrets/crm"));

        var shown = page.Ui.Render<SourcePage>(parameters => parameters.Add(opened => opened.Id, id));

        shown.WaitForAssertion(() =>
        {
            Assert.Contains("Microsoft Entra: service principal", shown.Find("dl").TextContent, StringComparison.Ordinal);
            Assert.Contains("file /run/secrets/crm", shown.Find("dl").TextContent, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_managed_identity_that_is_no_longer_permitted_is_still_shown()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        var id = await AddAsync(page, ServerSignIn.ManagedIdentity, place: null);

        var form = page.Ui.Render<EditSource>(parameters => parameters.Add(opened => opened.Id, id));

        form.WaitForAssertion(() => Assert.Equal("ManagedIdentity", form.Find("#sign-in option[selected]").GetAttribute("value")));
        Assert.Empty(form.FindAll("#password, #password-place"));
    }

    private static async Task<int> AddAsync(PageContext page, ServerSignIn signIn, SecretPlace? place)
    {
        await using var db = await page.OpenAsync();
        var source = new Source
        {
            Name = "Cloud",
            Kind = SourceKind.SqlServer,
            Location = "crm.database.windows.net:1433/crm",
            Server = new SourceServer("crm.database.windows.net", null, "crm", "") { SignIn = signIn },
            PasswordFrom = place,
            Table = "dbo.people",
            KeyColumns = ["id"],
            CreatedBy = "test",
        };
        db.Add(source);
        await db.SaveChangesAsync();
        return source.Id;
    }

    private static IRenderedComponent<EditSource> Open(PageContext page, SourceKind kind)
    {
        page.Ui.JSInterop.Mode = JSRuntimeMode.Loose;
        var form = page.Ui.Render<EditSource>(parameters => parameters.Add(opened => opened.KindName, kind.ToString()));
        form.Find("#name").Input("CRM");
        form.Find("#host").Input("crm.example");
        form.Find("#database").Input("crm");
        return form;
    }

    private static void Says(IRenderedComponent<EditSource> form, string missing) =>
        form.WaitForAssertion(() => Assert.Equal(missing, form.Find("#missing").TextContent));
}
