using KlaviyoExport.People;
using KlaviyoExport.Web.Components;

namespace KlaviyoExport.Web.Tests.Components;

public sealed class InteractivePageTests
{
    [Fact]
    public async Task What_a_page_refuses_is_in_the_log_with_the_person()
    {
        await using var context = await PageContext.CreateAsync(Role.Viewer);
        var page = context.Ui.Render<PageForOthers>();
        var line = Assert.Single(context.Ui.Logs.Lines, line => line.Contains("is not allowed to do", StringComparison.Ordinal));

        Assert.StartsWith("Warning", line, StringComparison.Ordinal);
        Assert.Contains($"user {page.Instance.Person} ", line, StringComparison.Ordinal);
    }

    private sealed class PageForOthers : InteractivePage
    {
        public string? Person => Viewer?.Id;

        protected override Task LoadAsync() => throw new NotAllowedException();
    }
}
