using Bunit;
using KlaviyoExport.People;
using KlaviyoExport.Web.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

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

    [Fact]
    public async Task A_circuit_does_not_show_a_page_before_its_content_is_there()
    {
        await using var context = await PageContext.CreateAsync(Role.Viewer);
        var page = context.Ui.Render<LatePage>();

        Assert.Empty(page.Instance.Shown);
        page.Instance.Content.SetResult("Content");

        page.WaitForAssertion(() => Assert.Equal("Content", page.Markup));
        Assert.DoesNotContain("", page.Instance.Shown);
    }

    [Fact]
    public async Task Buttons_stay_disabled_until_the_last_of_two_actions_has_ended()
    {
        await using var context = await PageContext.CreateAsync(Role.Viewer);
        var page = context.Ui.Render<PageWithActions>();
        // They end when their actions end.
        var clicks = new[] { page.Find("#first").ClickAsync(), page.Find("#second").ClickAsync() };
        Assert.Equal("busy", page.Find("p").TextContent);

        page.Instance.First.SetResult();
        page.WaitForState(() => page.Instance.HasEnded);
        Assert.Equal("busy", page.Find("p").TextContent);

        page.Instance.Second.SetResult();
        page.WaitForAssertion(() => Assert.Equal("", page.Find("p").TextContent));
        await Task.WhenAll(clicks);
    }

    [Route("/late")]
    private sealed class LatePage : InteractivePage
    {
        private string _content = "";

        public TaskCompletionSource<string> Content { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<string> Shown { get; } = [];

        // Some pages render again when a part of them was read.
        protected override async Task LoadAsync()
        {
            StateHasChanged();
            _content = await Content.Task;
        }

        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            Shown.Add(_content);
            builder.AddContent(0, _content);
        }
    }

    /// <summary>Two buttons, whose actions end when the test says so.</summary>
    private sealed class PageWithActions : InteractivePage
    {
        public TaskCompletionSource First { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Second { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Whether an action has ended, and the page was rendered since.</summary>
        public bool HasEnded { get; private set; }

        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            HasEnded = First.Task.IsCompleted;
            AddButton(builder, "first", First);
            AddButton(builder, "second", Second);
            builder.AddMarkupContent(20, $"<p>{(Busy ? "busy" : "")}</p>");
        }

        private void AddButton(RenderTreeBuilder builder, string id, TaskCompletionSource action)
        {
            builder.OpenElement(0, "button");
            builder.AddAttribute(1, "id", id);
            builder.AddAttribute(2, "onclick", EventCallback.Factory.Create(this, () => action.Task));
            builder.CloseElement();
        }
    }

    private sealed class PageForOthers : InteractivePage
    {
        public string? Person => Viewer?.Id;

        protected override Task LoadAsync() => throw new NotAllowedException();
    }
}
