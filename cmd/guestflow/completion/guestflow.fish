# Completion of guestflow for fish: guestflow completion fish > ~/.config/fish/completions/guestflow.fish
function __guestflow_choices
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    for choice in ($words[1] complete $words[2..-1] "$word" 2>/dev/null)
        if test "$choice" = :files
            set -l flag (string match -r '^--[^=]*=' -- "$word")
            for path in (__fish_complete_path (string replace -r '^--[^=]*=' '' -- "$word"))
                echo "$flag$path"
            end
        else
            echo $choice
        end
    end
end
complete -c guestflow -f -a '(__guestflow_choices)'
