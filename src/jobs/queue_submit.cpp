#include "queue_submit.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <random>

#include "command.hpp"
#include "job_script.hpp"
#include "kamacite/io/atomic_file.hpp"
#include "kamacite/io/hash.hpp"

namespace kamacite::jobs {

Resources resources_of_pack(Resources one, int pack, int side) {
    if (pack == 1) return one;
    one.processes *= side;
    if (one.nodes == 1)
        one.memory *= side;  // beside each other on that node
    else
        one.nodes *= side;
    double const rounds = std::ceil(static_cast<double>(pack) / side);
    one.seconds = rounds * (one.seconds + 60.0);
    return one;
}

std::optional<Batch> next_batch(Book const& book, Limits const& limits, int largest,
                                std::optional<double> affordable,
                                std::span<Resources const> passed_over) {
    std::vector<Item const*> planned;
    for (auto const& [key, item] : book.items)
        if (item.phase == Phase::planned && !item.cancelled && item.refusals < limits.refusals &&
            std::ranges::find(passed_over, item.attempt.resources) == passed_over.end())
            planned.push_back(&item);
    if (planned.empty()) return std::nullopt;
    std::sort(planned.begin(), planned.end(),
              [](auto const* a, auto const* b) { return a->sequence < b->sequence; });

    auto const& one = planned.front()->attempt.resources;
    std::erase_if(planned, [&](auto const* item) { return item->attempt.resources != one; });
    int const array = std::clamp(std::min(limits.array, largest), 1, 100000);
    auto count = std::min(planned.size(), static_cast<std::size_t>(array) * limits.pack);

    Batch batch;
    int const pack = std::max(1, std::min(limits.pack, static_cast<int>(planned.size())));
    batch.job.side_by_side = std::clamp(limits.side_by_side, 1, pack);
    batch.resources = resources_of_pack(one, pack, batch.job.side_by_side);
    batch.job.nodes = batch.resources.nodes;
    batch.seconds_each = pack > 1 ? static_cast<int>(std::ceil(one.seconds)) : 0;
    if (affordable) {
        double const each = Book::cost(batch.job, one.seconds);
        double const most = std::floor(std::max(0.0, *affordable) / each * (1.0 + 1e-12));
        if (most < static_cast<double>(count)) count = static_cast<std::size_t>(most);
    }
    for (std::size_t i = 0; i < count; ++i) {
        if (i % static_cast<std::size_t>(pack) == 0) batch.tasks.emplace_back();
        batch.tasks.back().push_back(planned[i]);
    }
    batch.job.tasks = static_cast<int>(batch.tasks.size());
    return batch;
}

std::string fresh_name(std::string const& campaign, int number, std::filesystem::path const& root) {
    std::random_device entropy;
    io::Hash64 hash;
    hash.add(root.string()).add(host_name()).add(::getpid()).add(now()).add(entropy());
    return fmt::format("{}-{}-{:08x}", campaign, number, hash.value() & 0xffffffffU);
}

Receipt hand_over(Book& book, Batch const& batch, std::string const& name,
                  std::filesystem::path const& root, std::string const& setup,
                  Scheduler& scheduler) {
    auto const directory = root / "jobs" / name;
    std::vector<std::vector<Errand>> errands;
    auto tasks = nlohmann::ordered_json::array();
    for (auto const& task : batch.tasks) {
        errands.emplace_back();
        auto list = nlohmann::ordered_json::array();
        for (auto const* item : task) {
            errands.back().push_back({root / item->attempt.directory, item->generation,
                                      static_cast<double>(batch.seconds_each)});
            list.push_back({item->attempt.task, item->attempt.number, item->generation});
        }
        tasks.push_back(list);
    }
    Submission submission{name, directory / "job.sh", directory, batch.job.tasks,
                          0,    batch.resources};
    io::write_text_directory(directory, job_files(name, directory, errands, batch.job.side_by_side,
                                                  scheduler.header(submission), setup));
    book.record("job.intent", {{"name", name},
                               {"batch", book.next_batch},
                               {"scheduler", scheduler.name()},
                               {"nodes", batch.job.nodes},
                               {"side_by_side", batch.job.side_by_side},
                               {"tasks", tasks}});
    auto receipt = scheduler.submit(submission);
    using enum Receipt::Kind;
    if (receipt.kind == accepted)
        book.record("job.submitted", {{"name", name}, {"id", receipt.id}});
    if (receipt.kind == later || receipt.kind == refused)
        book.record(
            "job.withdrawn",
            {{"name", name}, {"message", receipt.message}, {"refused", receipt.kind == refused}});
    return receipt;
}

}  // namespace kamacite::jobs
